-- pictures.lua: the pictures of a lesson, as the program drew them (SVG, build/book/pictures/NN_name/),
-- or else as the lesson has them (PNG). What a lesson shows stands where it shows it; what it only
-- names, as `loss.png`, stands below the paragraph that names it first, if it was drawn.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local links = dofile(here .. 'links.lua')
local M = {}
local drawn = 'build/book/pictures/'

local function address(path) -- seen from a page; an EPUB takes the file in
    return links.epub and path or path:gsub('^build/book/', '')
end

-- chapters/data/14_modes.png, in chapter 14: what its program drew as modes.png.
local function shown(path, name)
    local picture = path:match '/%d%d_([^/]*)%.png$'
    local svg = picture and drawn .. name .. '/' .. picture .. '.svg'
    if svg and links.exists(svg) then return svg end
    return drawn .. path:match '[^/]+$'
end

-- The title in a script of gnuplot's, as words for who does not see the picture.
local function title(picture, name)
    for _, line in ipairs(links.lines(drawn .. name .. '/' .. picture .. '.gp') or {}) do
        local quoted = line:match "^set title '([^']*)'" or line:match '^set title "([^"]*)"'
        if quoted then return quoted:gsub('[{}^_\\]', '') end
    end
    return 'What the program draws as ' .. picture .. '.png'
end

local function figure(picture, name)
    local path = drawn .. name .. '/' .. picture
    local class = links.exists(path .. '.gp') and 'figure' or 'figure graph' -- gnuplot's, or graphviz's
    return pandoc.Div({
        pandoc.Para { pandoc.Image(title(picture, name), address(path .. '.svg')) },
        pandoc.Div({ pandoc.Plain { pandoc.Code(picture .. '.png') } }, { class = 'caption' }),
    }, { class = class })
end

-- The pictures that a block names and that have not been shown.
local function named(block, name, seen)
    local list = pandoc.List {}
    pandoc.Div { block }:walk {
        Code = function(code)
            local folder, picture = code.text:match '^(.-)([%w_-]+)%.png$'
            if picture and (folder == '' or folder == 'build/' .. name .. '/') and not seen[picture] and
                links.exists(drawn .. name .. '/' .. picture .. '.svg') then
                seen[picture] = true
                list:insert(figure(picture, name))
            end
        end
    }
    return list
end

function M.place(blocks, name, folder)
    local seen, list = {}, pandoc.List {}
    blocks = pandoc.Div(blocks):walk {
        Image = function(image)
            local path = links.resolve(folder, image.src)
            seen[path:match '/%d%d_([^/]*)%.png$' or path] = true
            image.src = address(shown(path, name))
            return image
        end
    }.content
    for _, block in ipairs(blocks) do
        local only = block.t == 'Para' and #block.content == 1 and block.content[1].t == 'Image'
        list:insert(only and pandoc.Div({ block }, { class = 'figure' }) or block)
        if block.t ~= 'Header' then list:extend(named(block, name, seen)) end
    end
    return list
end

return M
