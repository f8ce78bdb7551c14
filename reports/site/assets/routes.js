/** Make the figures of a page live: its data, charts, tables; once. */
function mountPage(page) {
  if (page.data) return page.data
  page.data = JSON.parse(page.querySelector('script.page-data').textContent)
  for (const [id, figure] of Object.entries(page.data.figures)) {
    const article = document.getElementById(id)
    mountChart(article, figure)
    if (figure.table && !page.data.record) prepareTable(article, figure)
  }
  return page.data
}

function openAnchor(id) {
  const target = id && document.getElementById(id)
  if (!target) return
  if (target.tagName === 'DETAILS') target.open = true
  target.scrollIntoView()
}

/** A page of the single file by its path, unpacked when it is first turned to; null if there is none. */
async function pageOf(path) {
  const here = () => [...document.querySelectorAll('.page')].find((page) => page.dataset.path === path)
  if (here()) return here()
  const markup = await unpacked(`page/${path}`)
  if (markup == null || here()) return here() ?? null
  const template = document.createElement('template')
  template.innerHTML = markup
  document.getElementById('main').append(template.content)
  return here()
}

let turned = 0

/** Show what the address asks for. In the folder a page is a file; in the single file it is `#/page.html/anchor`. */
async function showAddress() {
  const hash = location.hash.slice(1)
  if (!single) {
    const page = document.querySelector('main')
    const data = mountPage(page)
    if (data.record) await showRecord(page, data, recordKey(hash))
    else openAnchor(hash)
    return
  }
  const turn = ++turned
  const [, path, anchor] = /^\/([^#]*?\.html)(?:\/(.*))?$/s.exec(hash) ?? [null, 'index.html', '']
  const page = (await pageOf(path)) ?? (await pageOf('index.html'))
  if (turn !== turned) return
  for (const candidate of document.querySelectorAll('.page')) candidate.hidden = candidate !== page
  const data = mountPage(page)
  const menu = page.querySelector('.lede').dataset.menu
  for (const link of document.querySelectorAll('.masthead nav a')) {
    if (link.dataset.path === menu) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  showLanguage(language())
  if (data.record) await showRecord(page, data, recordKey(anchor ?? ''))
  else if (anchor) openAnchor(anchor)
  else scrollTo(0, 0)
}

const PAPER_ROWS = 10

/** Everything at once for paper: all main pages, all charts, the first rows of tables that have no chart. */
async function preparePrint() {
  const wanted = []
  if (!single) wanted.push(document.querySelector('main'))
  const packedPages = [...document.querySelectorAll('script[data-part^="page/"]')].map((part) => part.dataset.part.slice(5))
  for (const path of single ? ['index.html', ...packedPages] : []) {
    if (!path.includes('/') && !path.startsWith('comp')) wanted.push(await pageOf(path))
  }
  for (const page of wanted) {
    page.hidden = false
    mountPage(page)
  }
  showLanguage(language())
  const places = wanted.flatMap((page) => [...page.querySelectorAll('.chart')])
  await Promise.all(places.filter((place) => place.drawNow).map((place) => place.drawNow()))
  const grids = wanted.flatMap((page) => [...page.querySelectorAll('details.table[open] .grid')])
  await Promise.all(grids.filter((grid) => grid.mountNow).map((grid) => grid.mountNow()))
  for (const grid of grids) grid.table?.page.len(PAPER_ROWS).draw()
}
