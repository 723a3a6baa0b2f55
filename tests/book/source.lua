-- source.lua: a filter that makes a page of source files out of nothing. -M files='chapters/08_batchnorm.c
-- ...', -M name=title. Each file has its own section, with its name for an id.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local links = dofile(here .. 'links.lua')

function Pandoc(doc)
    local list, first = pandoc.List {}, nil
    for path in pandoc.utils.stringify(doc.meta.files):gmatch '%S+' do
        first = first or path
        list:insert(pandoc.Header(2, { pandoc.Code(path:match '[^/]+$') }, { id = path:match '[^/]+$' }))
        list:insert(pandoc.CodeBlock(table.concat(links.lines(path), '\n'), { class = 'c' }))
    end
    local name = first:match '^chapters/([^/]*)%.c$'
    doc.meta.pagetitle, doc.meta.name = first, first
    if name then doc.meta.lesson = { href = name .. '.html', title = 'The lesson' } end
    return pandoc.Pandoc(list, doc.meta)
end
