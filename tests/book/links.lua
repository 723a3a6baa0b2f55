-- links.lua: where what a lesson names is found in the book. A lesson is a page (in the EPUB a chapter),
-- the exercises of a chapter are a section of it, a program or a file of the library is a page of source
-- in the HTML; what else there is, is a name without a link.
local M = { epub = FORMAT:match '^epub' ~= nil }

function M.lines(path) -- of a file, or nil
    local file = io.open(path)
    if not file then return nil end
    local lines = {}
    for line in file:lines() do lines[#lines + 1] = line end
    file:close()
    return lines
end

function M.exists(path)
    local file = io.open(path)
    if file then file:close() end
    return file ~= nil
end

-- "chapters" and "data/x.png": chapters/data/x.png; a path of the root is found as it is.
function M.resolve(folder, path)
    local joined = folder == '' and path or folder .. '/' .. path
    local before
    repeat
        before = joined
        joined = joined:gsub('^%./', ''):gsub('[^/]+/%.%./', '', 1)
    until joined == before
    return joined
end

-- An id of the EPUB, which is one document with many sections "In C".
function M.id(name, anchor)
    if not M.epub then return anchor end
    return 'c' .. name .. (anchor ~= '' and '--' .. anchor or '')
end

function M.lesson(name, anchor)
    if M.epub then return '#' .. M.id(name, anchor) end
    return name .. '.html' .. (anchor ~= '' and '#' .. anchor or '')
end

local pages = {} -- the files of the library that have one
for path in (os.getenv 'BOOK_SOURCES' or ''):gmatch '%S+' do pages[path] = true end

local program_of = {} -- chapters/08_batchnorm_steps.h: 08_batchnorm
for path in (os.getenv 'BOOK_CHAPTERS' or ''):gmatch '%S+' do
    local number = path:match '^chapters/(%d%d)_'
    if path:match '%.c$' and M.exists(path:gsub('c$', 'md')) then
        program_of[number] = path:match '([^/]+)%.c$'
    end
end

local function source(path)
    local number = path:match '^chapters/(%d%d)_[^/]*%.[ch]$'
    if M.epub or not M.exists(path) then return nil end
    if number and program_of[number] then
        return program_of[number] .. '_program.html#' .. path:match '[^/]+$'
    end
    return pages[path] and path:gsub('/', '-') .. '.html' or nil
end

-- Where a path of the root leads to, or nil.
function M.target(path, anchor)
    local name = path:match '^chapters/(%d%d_[^/]*)%.md$'
    if name and M.exists(path) then return M.lesson(name, anchor) end
    name = path:match '^exercises/(%d%d_[^/]*)%.c$'
    if name and M.exists('chapters/' .. name .. '.md') then return M.lesson(name, 'exercises') end
    if path == 'README.md' and not M.epub then
        return 'guide.html' .. (anchor ~= '' and '#' .. anchor or '')
    end
    return source(path)
end

return M
