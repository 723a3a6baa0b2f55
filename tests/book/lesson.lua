-- lesson.lua: what becomes of a lesson, or of README.md, on its way into the book.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local links = dofile(here .. 'links.lua')
local exercises = dofile(here .. 'exercises.lua')
local pictures = dofile(here .. 'pictures.lua')
local M = { links = links }

-- -- what a program printed -----------------------------------------------------------------------

local good = { ok = true, hold = true, holds = true }
local bad = { WRONG = true, nan = true, inf = true, crashed = true }

local function mark(text)
    local word, point = text:match '^(.-)([.,]*)$'
    local class = good[word] and 'ok' or bad[word] and 'bad' or
        (word == 'exact' or word:match '^[+-]?%d[%d.,]*e?[+-]?%d*%%?$') and 'number'
    return class and '<span class="' .. class .. '">' .. word .. '</span>' .. point or text
end

local escapes = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;' }

-- Without the blanks that all lines begin with.
local function dedent(text)
    local least
    for blanks, rest in (text .. '\n'):gmatch '( *)([^\n]*)\n' do
        if rest ~= '' then least = math.min(least or #blanks, #blanks) end
    end
    return (('\n' .. text):gsub('\n' .. (' '):rep(least or 0), '\n'):sub(2))
end

local function output(text)
    local escaped = text:gsub('[&<>]', escapes):gsub('[%w_.,+%%-]+', mark)
    return pandoc.RawBlock('html', '<pre class="output"><code>' .. escaped .. '</code></pre>')
end

local function code_block(block)
    local kind = block.classes[1]
    if kind == 'math' then return pandoc.Para { pandoc.Math('DisplayMath', block.text) } end
    block.text = dedent(block.text)
    if kind == 'output' or kind == 'trained' then return output(block.text) end
    if kind == 'sh' then block.classes = { 'bash' } end
    return block
end

-- -- formulas -------------------------------------------------------------------------------------

local functions = { tanh = true, exp = true, log = true, max = true, min = true }

-- $`x`$ is GitHub's other form of $x$. A function without an argument, $\tanh^2$, has no gap behind it.
local function plain(math)
    math.text = math.text:gsub('^`(.*)`$', '%1'):gsub('\\(%a+)(%^?%w?)$', function(word, power)
        return functions[word] and '\\text{' .. word .. '}' .. power or nil
    end)
    return math
end

-- Pandoc gives a parenthesis of \Big a size without a unit, of which MathML Core knows nothing.
local function sized(math)
    if not math.text:match '\\[Bb]igg?[lr]?%f[%A]' then return nil end
    local options = pandoc.WriterOptions { html_math_method = 'mathml' }
    local html = pandoc.write(pandoc.Pandoc { pandoc.Plain { math } }, 'html5', options)
    html = html:gsub('(m[inax]+size="[%d.]+)"', '%1em"'):gsub('stretchy="false"( form="%a+fix">)', 'stretchy="true"%1')
    return pandoc.RawInline('html', html)
end

-- dD[i][j] is not broken.
local function index(text)
    return text.text:match '%]%[' and pandoc.Span({ text }, { class = 'tied' }) or nil
end

-- A formula too wide for a line is scrolled, and a comma behind it stays on its line.
local function tie(inlines)
    for i = #inlines, 1, -1 do
        local math, after = inlines[i], inlines[i + 1]
        if math.t == 'Math' and math.mathtype == 'InlineMath' then
            inlines[i] = pandoc.Span({ math }, { class = 'formula' })
            if after and after.t == 'Str' then
                inlines[i] = pandoc.Span({ inlines[i], after }, { class = 'tied' })
                inlines:remove(i + 1)
            end
        end
    end
    return inlines
end

local depth_of = { ['{'] = 1, ['}'] = -1, ['\\left'] = 1, ['\\right'] = -1, ['\\begin'] = 1, ['\\end'] = -1 }

-- What stands beside each other in one formula, with \qquad between, or a comma and \quad.
local function apart(tex)
    local parts, depth, from, at = {}, 0, 1, 1
    local function part(text)
        if text:match '%S' then parts[#parts + 1] = text end
    end
    while at <= #tex do
        local word = tex:match('^\\%a+', at) or tex:match('^\\.', at) or tex:sub(at, at)
        local listed = word == '\\quad' and tex:sub(from, at - 1):match ',%s*$' and not tex:match('^%s*\\text', at + 5)
        if (word == '\\qquad' or listed) and depth == 0 then
            part(tex:sub(from, at - 1))
            from = at + #word
        end
        depth = depth + (depth_of[word] or 0)
        at = at + #word
    end
    part(tex:sub(from))
    return parts
end

-- Such parts stand below each other where there is no room; a wide one is scrolled.
local function display(math)
    if math.mathtype ~= 'DisplayMath' then return nil end
    local spans = pandoc.List {}
    for _, part in ipairs(apart(math.text)) do
        local class = #part > 180 and 'part longer' or #part > 110 and 'part long' or 'part'
        spans:insert(pandoc.Span({ pandoc.Math('DisplayMath', part) }, { class = class }))
    end
    return pandoc.Span(spans, { class = 'display' })
end

-- -- links ----------------------------------------------------------------------------------------

-- In a table of README.md a lesson goes by its title, which is broken where it is too long.
local function titled(content, target)
    local text = pandoc.utils.stringify(content)
    if target ~= 'chapters/' .. text .. '.md' then return content end
    local number, short = M.title_of(text)
    return { pandoc.Str(number .. '. ' .. short) }
end

local function relink(link, name, folder)
    if link.target:match '^%a+:' then return nil end
    local path, anchor = link.target:match '^([^#]*)#?(.*)$'
    local target
    if path == '' then
        target = '#' .. links.id(name, anchor)
    else
        target = links.target(links.resolve(folder, path), anchor)
    end
    if not target then return link.content end
    link.content = titled(link.content, path)
    link.target = target
    return link
end

-- `lib/nn/init.h` or `08_batchnorm_steps.h` leads to its source, if that is in the book.
local function link_code(code, folder)
    local path = code.text
    if not path:match '^[%w_/]+%.[ch]$' then return nil end
    local target = links.target(path, '') or links.target(links.resolve(folder, path), '')
    return target and pandoc.Link({ code }, target) or nil
end

local function unlinked(inlines)
    return inlines:walk { Link = function(link) return link.content end }
end

-- -- the whole ------------------------------------------------------------------------------------

local function table_block(block)
    for i, spec in ipairs(block.colspecs) do block.colspecs[i] = { spec[1], nil } end
    return pandoc.Div({ block }, { class = 'table' })
end

-- path is that of the source, chapters/08_batchnorm.md; the result has its title apart.
function M.prepare(blocks, path)
    local name, folder = path:match '([^/]+)%.md$', path:match '^(.*)/[^/]*$' or ''
    local title = pandoc.List {}
    if blocks[1] and blocks[1].t == 'Header' and blocks[1].level == 1 then
        title = blocks:remove(1).content
    end
    blocks = pandoc.Div(blocks):walk {
        Math = plain, CodeBlock = code_block, Table = table_block,
    }.content
    blocks = exercises.unfold(blocks, name)
    blocks = pictures.place(blocks, name, folder)
    blocks = pandoc.Div(blocks):walk {
        Math = display, Inlines = tie,
        Link = function(link) return relink(link, name, folder) end,
    }:walk {
        Code = function(code) return link_code(code, folder) end, Str = index, Math = sized,
    }:walk {
        Link = function(link)
            link.content = unlinked(link.content)
            return link
        end,
        Header = function(header)
            header.content = unlinked(header.content)
            header.identifier = links.id(name, header.identifier:gsub('\u{b2}', ''):gsub('\u{b3}', ''))
            return header
        end,
    }.content
    if blocks[1] and blocks[1].t == 'Para' and #blocks[1].content == 1 and blocks[1].content[1].t == 'Emph' then
        blocks[1] = pandoc.Div({ pandoc.Para(blocks[1].content[1].content) }, { class = 'needs' })
    end
    return blocks, title
end

-- "8. Batch norm: a gradient ..." as its number, its title and the rest.
function M.parts(title)
    local text = pandoc.utils.stringify(title)
    local number, rest = text:match '^(%d+)%.%s+(.*)$'
    rest = rest or text
    local short, long = rest:match '^([^:]+):%s+(.*)$'
    return number, short or rest, long
end

-- The same of a lesson that is elsewhere.
function M.title_of(name)
    local lines = links.lines('chapters/' .. name .. '.md')
    return M.parts(pandoc.read(lines and lines[1] or '# ' .. name, 'gfm').blocks[1].content)
end

return M
