-- epub.lua: a filter that puts the lessons in BOOK_CHAPTERS, one after the other, into one document.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local lesson = dofile(here .. 'lesson.lua')

function Pandoc(doc)
    local list = pandoc.List {}
    for path in os.getenv('BOOK_CHAPTERS'):gmatch '%S+' do
        local name = path:match '^chapters/(%d%d_[^/]*)%.md$'
        if name then
            local text = table.concat(lesson.links.lines(path), '\n')
            local blocks, title = lesson.prepare(pandoc.read(text, os.getenv 'BOOK_FORMAT').blocks, path)
            list:insert(pandoc.Header(1, title, { id = lesson.links.id(name, '') }))
            list:extend(blocks)
        end
    end
    return pandoc.Pandoc(list, doc.meta)
end
