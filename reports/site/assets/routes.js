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

/** Show what the address asks for. In the folder a page is a file; in the single file it is `#/page.html/anchor`. */
function showAddress() {
  const hash = location.hash.slice(1)
  if (!single) {
    const page = document.querySelector('main')
    const data = mountPage(page)
    if (data.record) showRecord(page, data, recordKey(hash))
    else openAnchor(hash)
    return
  }
  const [, path, anchor] = /^\/([^#]*?\.html)(?:\/(.*))?$/s.exec(hash) ?? [null, 'index.html', '']
  const pages = [...document.querySelectorAll('.page')]
  const page = pages.find((candidate) => candidate.dataset.path === path) ?? pages[0]
  for (const candidate of pages) candidate.hidden = candidate !== page
  for (const link of document.querySelectorAll('.masthead nav a')) {
    if (link.dataset.path === page.dataset.path) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  const data = mountPage(page)
  showLanguage(language())
  if (data.record) showRecord(page, data, recordKey(anchor ?? ''))
  else if (anchor) openAnchor(anchor)
  else scrollTo(0, 0)
}

/** Everything at once for paper: all main pages, all charts, tables as far as they stand in the page. */
async function preparePrint() {
  const wanted = single
    ? [...document.querySelectorAll('.page')].filter((page) => !page.dataset.path.includes('/') && !page.dataset.path.startsWith('comp'))
    : [document.querySelector('main')]
  for (const page of wanted) {
    page.hidden = false
    mountPage(page)
  }
  const places = wanted.flatMap((page) => [...page.querySelectorAll('.chart')])
  await Promise.all(places.filter((place) => place.drawNow).map((place) => place.drawNow()))
}
