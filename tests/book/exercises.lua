-- exercises.lua: the section "Exercises" of a lesson. Each item becomes a box: its line, its text from
-- exercises/NN_name.c, what to read, and its hints, folded one inside the other.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local links = dofile(here .. 'links.lua')
local task = dofile(here .. 'task.lua')
local M = {}

local function html(text) return pandoc.RawBlock('html', text) end

-- "*Hint 2:* text": its text, or nil.
local function hint(blocks)
    local first = blocks[1] and blocks[1].content
    local label = first and first[1] and first[1].t == 'Emph' and pandoc.utils.stringify(first[1])
    if not label or not label:match '^Hint' then return nil end
    local rest = pandoc.List(table.move(first, 2, #first, 1, {}))
    while rest[1] and rest[1].t:match '^S[op]' do rest:remove(1) end -- Space, SoftBreak
    local list = pandoc.List { pandoc.Para(rest) }
    list:extend(table.move(blocks, 2, #blocks, 1, {}))
    return list
end

local function folded(hints, at)
    local list = pandoc.List {}
    if not hints[at] then return list end
    list:insert(html(('<details class="hint"><summary>Hint %d of %d</summary>'):format(at, #hints)))
    list:extend(hints[at])
    list:extend(folded(hints, at + 1))
    list:insert(html '</details>')
    return list
end

local function name_of(block) -- the first `name` of an item's line
    for _, inline in ipairs(block and block.content or {}) do
        if inline.t == 'Code' then return inline.text end
    end
end

local function box(item, number, file)
    local name = name_of(item[1])
    local line = pandoc.List { pandoc.Span({ pandoc.Str(number .. '.') }, { class = 'number' }), pandoc.Space() }
    line:extend(item[1].content)
    local list, below, hints = pandoc.List { pandoc.Div({ pandoc.Para(line) }, { class = 'what' }) },
        pandoc.List {}, {}
    if name and name:match '^[%w_]+$' then list:extend(task.text(file, name)) end
    for i = 2, #item do
        if item[i].t == 'BulletList' then
            for _, blocks in ipairs(item[i].content) do
                local found = hint(blocks)
                if found then hints[#hints + 1] = found else below:extend(blocks) end
            end
        else
            below:insert(item[i])
        end
    end
    if #below > 0 then list:insert(pandoc.Div(below, { class = 'read' })) end
    list:extend(folded(hints, 1))
    return pandoc.Div(list, { class = 'exercise' })
end

local function has_hints(list)
    local found = false
    pandoc.Div { list }:walk { Emph = function(e) found = found or pandoc.utils.stringify(e):match '^Hint' ~= nil end }
    return found
end

function M.unfold(blocks, name)
    local file = links.lines('exercises/' .. name .. '.c')
    local list, inside = pandoc.List {}, false
    for _, block in ipairs(blocks) do
        if block.t == 'Header' and block.level == 2 then
            inside = pandoc.utils.stringify(block) == 'Exercises'
        end
        if inside and block.t == 'OrderedList' and has_hints(block) then
            if block.start == 1 then list:insert(pandoc.Div(task.head(file), { class = 'head' })) end
            for i, item in ipairs(block.content) do
                list:insert(box(item, block.start + i - 1, file))
            end
        else
            list:insert(block)
        end
    end
    return list
end

return M
