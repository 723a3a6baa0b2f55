-- source.lua: a filter that makes a page of source files out of nothing. -M files='chapters/08_batchnorm.c
-- ...'. Each file has its own section, with its name for an id; one that is alone needs no other title.
local here = PANDOC_SCRIPT_FILE:gsub('[^/]*$', '')
local links = dofile(here .. 'links.lua')

function Pandoc(doc)
    local list, files = pandoc.List {}, pandoc.List {}
    for path in pandoc.utils.stringify(doc.meta.files):gmatch '%S+' do files:insert(path) end
    for _, path in ipairs(files) do
        local name, code = path:match '[^/]+$', pandoc.CodeBlock(table.concat(links.lines(path), '\n'), { class = 'c' })
        if #files > 1 then
            list:extend { pandoc.Header(2, { pandoc.Code(name) }, { id = name }), code }
        else
            list:insert(pandoc.Div({ code }, { id = name }))
        end
    end
    local name = files[1]:match '^chapters/([^/]*)%.c$'
    doc.meta.pagetitle = files[1]
    doc.meta.name = #files > 1 and 'The program of chapter ' .. tonumber(name:match '^%d+') or files[1]
    if name then doc.meta.lesson = { href = name .. '.html', title = 'The lesson' } end
    return pandoc.Pandoc(list, doc.meta)
end
