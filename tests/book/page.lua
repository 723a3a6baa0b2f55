-- page.lua: a filter that makes a page of a lesson, or of README.md. -M path=chapters/08_batchnorm.md;
-- BOOK_CHAPTERS knows what stands before and behind it.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local lesson = dofile(here .. 'lesson.lua')

local function neighbours(name) -- the lessons before and behind
    local before, found
    for path in (os.getenv 'BOOK_CHAPTERS' or ''):gmatch '%S+' do
        local other = path:match '^chapters/(%d%d_[^/]*)%.md$'
        if other and found then return before, other end
        if other == name then found = true elseif other then before = other end
    end
    return found and before or nil, nil
end

local function door(name)
    if not name then return nil end
    local number, short = lesson.title_of(name)
    return { href = name .. '.html', title = (number and number .. '. ' or '') .. short }
end

function Pandoc(doc)
    local path = pandoc.utils.stringify(doc.meta.path)
    local name = path:match '([^/]+)%.md$'
    local blocks, title = lesson.prepare(doc.blocks, path)
    local number, short, long = lesson.parts(title)
    local before, behind = neighbours(name)
    if path == 'README.md' then short = 'How to build, run and check it' end
    doc.meta.pagetitle = (number and number .. '. ' or '') .. short
    doc.meta.number, doc.meta.name, doc.meta.long = number, short, long
    doc.meta.before, doc.meta.behind = door(before), door(behind)
    if lesson.links.exists('chapters/' .. name .. '.c') then
        doc.meta.program = { href = name .. '_program.html', title = 'chapters/' .. name .. '.c' }
    end
    return pandoc.Pandoc(blocks, doc.meta)
end
