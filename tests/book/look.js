// look.js: looks at every page of the book, each in a frame 360 px wide, and writes what it finds into
// the document, a line each: "page: what is wrong" behind FAULT, and what was counted behind COUNT.
'use strict';

const lines = [];
const fault = (page, what) => lines.push(`FAULT ${page}: ${what}`);

function texts(doc) { // all pieces of text that are shown
    const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
    const list = [];
    while (walker.nextNode())
        if (walker.currentNode.data.trim() && walker.currentNode.parentElement.getClientRects().length)
            list.push(walker.currentNode);
    return list;
}

// -- contrast: WCAG 2, level AA ------------------------------------------------------------------

const parse = color => (color.match(/[\d.]+/g) || []).map(Number); // red, green, blue, perhaps alpha

function background(element, known) { // of the first one up from here that has any
    if (!element) return [255, 255, 255];
    if (!known.has(element)) {
        const color = parse(getComputedStyle(element).backgroundColor);
        known.set(element, color.length === 3 ? color : background(element.parentElement, known));
    }
    return known.get(element);
}

function luminance(color) {
    const [r, g, b] = color.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
}

function holdContrast(page, all) {
    const known = new Map(), seen = new Set();
    for (const text of all) {
        const element = text.parentElement, style = getComputedStyle(element), size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        const below = background(element, known), key = style.color + below + large;
        if (seen.has(key)) continue;
        seen.add(key);
        const ratio = contrast(parse(style.color), below);
        if (ratio < (large ? 3 : 4.5))
            fault(page, `contrast of ${ratio.toFixed(2)}: ${style.color} on rgb(${below}): ` +
                text.data.trim().slice(0, 40));
    }
}

// -- links, formulas, pictures, width ------------------------------------------------------------

function holdLinks(page, doc, pages) {
    for (const link of doc.querySelectorAll('a[href], link[rel=prev], link[rel=next]')) {
        const href = link.getAttribute('href'), [file, anchor] = href.split('#');
        if (/^https?:/.test(href)) continue;
        const target = file ? pages.get(file) : doc;
        if (!target && !files.includes(file)) fault(page, `a link to ${href}: there is no such file`);
        if (target && anchor && !target.getElementById(decodeURIComponent(anchor)))
            fault(page, `a link to ${href}: there is no such place`);
        if (!/\w/.test(link.ariaLabel || link.innerText) && link.tagName === 'A' && !link.ariaHidden)
            fault(page, `a link to ${href} without words`);
    }
    const titles = [...doc.querySelectorAll('h1, h2')].map(title => title.textContent.replace(/.*\//, ''));
    for (const title of titles.filter((title, i) => titles.indexOf(title) < i))
        fault(page, `two titles are ${title}`);
    const ids = new Set();
    for (const { id } of doc.querySelectorAll('[id]')) {
        if (ids.has(id)) fault(page, `two places are called ${id}`);
        ids.add(id);
    }
}

function holdFormulas(page, doc, all) {
    const formulas = [...doc.querySelectorAll('math')];
    for (const math of formulas) {
        const { width, height } = math.getBoundingClientRect();
        if (!(width > 1 && height > 1) || math.querySelector('merror'))
            fault(page, `a formula that is not to be seen: ${math.textContent.slice(0, 60)}`);
    }
    for (const sign of doc.querySelectorAll('mo[minsize]')) {
        const { height } = sign.getBoundingClientRect(), size = parseFloat(getComputedStyle(sign).fontSize);
        if (height < 0.99 * size * parseFloat(sign.getAttribute('minsize')))
            fault(page, `a small parenthesis: ${sign.closest('math').textContent.slice(0, 60)}`);
    }
    for (const text of all)
        if (text.data.includes('$') && !text.parentElement.closest('pre, code'))
            fault(page, `a dollar sign: ${text.data.trim().slice(0, 60)}`);
    return formulas.length - doc.querySelectorAll('.part + .part').length;
}

function holdPictures(page, doc) {
    for (const link of doc.querySelectorAll('link[rel=stylesheet]'))
        if (!link.sheet) fault(page, `a style sheet that is not there: ${link.getAttribute('href')}`);
    for (const image of doc.images) {
        if (!image.naturalWidth) fault(page, `a picture that cannot be seen: ${image.getAttribute('src')}`);
        if (!image.alt.trim()) fault(page, `a picture without words for it: ${image.getAttribute('src')}`);
    }
    return doc.images.length;
}

function holdWidth(page, doc, view) {
    for (const line of doc.querySelectorAll('li, p:not(:has(img))')) // what hides what is too wide, hides numbers, too
        if (getComputedStyle(line).overflowX !== 'visible')
            fault(page, `a line that is scrolled, its number with it: ${line.textContent.trim().slice(0, 60)}`);
    for (const box of doc.querySelectorAll('.formula, .part'))
        if (box.scrollHeight > box.clientHeight + 1 && box.clientHeight)
            fault(page, `a formula cut off, ${box.scrollHeight} px high in ${box.clientHeight}: ${box.textContent.slice(0, 60)}`);
    if (view.innerWidth !== 360) fault(page, `its frame is ${view.innerWidth} px wide, not 360`);
    if (doc.documentElement.scrollWidth <= 360) return;
    const scrolls = e => e && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
    const wide = [...doc.body.querySelectorAll('*')].find(e => e.getBoundingClientRect().right > 361 && !scrolls(e));
    fault(page, `${doc.documentElement.scrollWidth} px wide: ${wide ? wide.outerHTML.slice(0, 80) : ''}`);
}

addEventListener('load', () => {
    const frames = [...document.querySelectorAll('iframe')];
    const name = frame => frame.getAttribute('src').replace(/.*\//, '');
    const pages = new Map(frames.map(frame => [name(frame), frame.contentDocument]));
    for (const frame of frames) {
        const page = name(frame), doc = frame.contentDocument;
        for (const details of doc.querySelectorAll('details')) details.open = true;
        const all = texts(doc);
        holdWidth(page, doc, frame.contentWindow);
        holdLinks(page, doc, pages);
        holdContrast(page, all);
        lines.push(`COUNT ${page} ${holdFormulas(page, doc, all)} formulas ${holdPictures(page, doc)} pictures ` +
            `${doc.querySelectorAll('a[href]').length} links ${doc.querySelectorAll('.exercise').length} exercises ` +
            `${doc.querySelectorAll('.hint').length} hints`);
    }
    document.body.textContent = '\n' + lines.join('\n') + '\nLOOKED\n';
});
