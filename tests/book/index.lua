-- index.lua: a filter that makes the front page of README.md: its first paragraph, and its tables of
-- chapters.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local lesson = dofile(here .. 'lesson.lua')
local links = lesson.links

local function entry(row) -- of a table: a link to a lesson, and what the lesson answers
    local name, about
    for i, cell in ipairs(row.cells) do
        pandoc.Div(cell.contents):walk {
            Link = function(link) name = name or link.target:match '^chapters/(%d%d_[^/]*)%.md$' end
        }
        if i == #row.cells then about = cell.contents end
    end
    if not name or not links.exists('chapters/' .. name .. '.md') then return nil end
    local number, short = lesson.title_of(name)
    return pandoc.Div({
        pandoc.Para { pandoc.Link({
            pandoc.Span({ pandoc.Str(number or '') }, { class = 'number' }), pandoc.Str(short),
        }, links.lesson(name, '')) },
        pandoc.Div(about),
    }, { class = 'entry' })
end

local function entries(block)
    local list = pandoc.List {}
    for _, body in ipairs(block.bodies) do
        for _, row in ipairs(body.body) do list:insert(entry(row)) end
    end
    return list
end

-- What else there is in the book.
local function others()
    return pandoc.Div({ pandoc.Plain {
        pandoc.Link('How to build, run and check it', 'guide.html'), pandoc.Space(),
        pandoc.Link('All of it as an EPUB', 'backprop-workbook.epub'),
    } }, { class = 'also' })
end

function Pandoc(doc)
    local list = pandoc.List {}
    local short = pandoc.utils.stringify(doc.blocks[1])
    for i, block in ipairs(doc.blocks) do
        if i == 2 and block.t == 'Para' then
            list:extend { pandoc.Div({ block }, { class = 'opening' }), others() }
        end
        local found = block.t == 'Table' and entries(block) or {}
        if #found > 0 then list:insert(pandoc.Div(found, { class = 'entries' })) end
    end
    doc.meta.pagetitle, doc.meta.name, doc.meta.front = short, short, true
    return pandoc.Pandoc(list, doc.meta)
end
