-- task.lua: the text of an exercise, as it stands above its function in exercises/NN_name.c: what is
-- given, what is wanted, and the prototype. Never a body.
local M = {}

-- Words, and `code` between backquotes.
local function inlines(text)
    local list, code = pandoc.List {}, false
    for part, quote in (text .. '`'):gmatch '([^`]*)(`)' do
        if code then
            list:insert(pandoc.Code(part))
        else
            for space, word in part:gmatch '(%s*)(%S*)' do
                if space ~= '' then list:insert(pandoc.Space()) end
                if word ~= '' then list:insert(pandoc.Str(word)) end
            end
        end
        code = quote and not code
    end
    return list
end

-- A comment's lines, without its stars, as blocks: text, formulas (indented), given and wanted.
function M.comment(lines)
    local blocks, text, formula, rows = pandoc.List {}, {}, {}, {}
    local function flush()
        if #text > 0 then blocks:insert(pandoc.Para(inlines(table.concat(text, ' ')))) end
        if #formula > 0 then
            blocks:insert(pandoc.CodeBlock(table.concat(formula, '\n'), { class = 'plain' }))
        end
        if #rows > 0 then
            local items = pandoc.List {}
            for _, row in ipairs(rows) do
                items:insert { { pandoc.Str(row.term) }, { { pandoc.Plain(inlines(row.text)) } } }
            end
            blocks:insert(pandoc.Div({ pandoc.DefinitionList(items) }, { class = 'given' }))
        end
        text, formula, rows = {}, {}, {}
    end
    for _, line in ipairs(lines) do
        local term, rest = line:match '^(given)%s+(.*)'
        if not term then term, rest = line:match '^(wanted)%s+(.*)' end
        if term then
            if #rows == 0 then flush() end
            rows[#rows + 1] = { term = term, text = rest }
        elseif line == '' then
            if #formula == 0 or #rows > 0 then flush() else formula[#formula + 1] = '' end
        elseif #rows > 0 and line:match '^ ' then
            rows[#rows].text = rows[#rows].text .. ' ' .. line:match '^%s*(.*)'
        elseif line:match '^    ' or line:match '%S   ' then -- a formula, or a table: n   rows in a batch
            if #formula == 0 then flush() end
            formula[#formula + 1] = line:gsub('^    ', '')
        else
            if #formula > 0 or #rows > 0 then flush() end
            text[#text + 1] = line
        end
    end
    flush()
    return blocks
end

local function bare(line) -- without what makes it a comment
    return (line:gsub('^/%*%s?', ''):gsub('^ %*/?', ''):gsub('^ ', ''):gsub('%s*%*/$', ''))
end

-- All comments of a file of exercises that begin a line, each with what stands below up to a body.
local function entries(lines)
    local list, entry, open = {}, nil, false
    for _, line in ipairs(lines) do
        if line:match '^/%*' then
            entry = { comment = {}, code = {} }
            list[#list + 1], open = entry, true
        end
        if open then
            entry.comment[#entry.comment + 1] = bare(line)
            open = not line:match '%*/%s*$'
        elseif line:match '^{' or line == '' then
            entry = nil
        elseif entry then
            entry.code[#entry.code + 1] = line
        end
    end
    return list
end

-- What stands at the head of the file, without its first line, which is a title.
function M.head(lines)
    local first = lines and entries(lines)[1]
    if not first then return pandoc.List {} end
    local rest = table.move(first.comment, 2, #first.comment, 1, {})
    while rest[1] == '' do table.remove(rest, 1) end
    return M.comment(rest)
end

-- The text of one function, or an empty list if the file has none.
function M.text(lines, name)
    for _, entry in ipairs(lines and entries(lines) or {}) do
        local code = table.concat(entry.code, '\n')
        if code:match('%f[%w_]' .. name .. '%s*%(') then
            entry.comment[1] = entry.comment[1]:gsub('^%d+%.%s*', '')
            local blocks = M.comment(entry.comment)
            blocks:insert(pandoc.CodeBlock(code, { class = 'c' }))
            return blocks
        end
    end
    return pandoc.List {}
end

return M
