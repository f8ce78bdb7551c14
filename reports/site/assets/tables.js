const NARROW_KINDS = new Set(['number', 'share'])
const WIDE_KINDS = new Set(['place', 'component', 'repository', 'link'])
const WIDE_NAMES = new Set(['summary', 'reason', 'error', 'item', 'subject', 'issuer', 'rule'])
const NAME_KINDS = new Set(['enterprise', 'segment', 'organization', 'names'])

/** Texts of the table library in the language shown. */
function tableTexts() {
  const texts = Object.entries(settings.texts[language()]).filter(([key]) => key.startsWith('table.'))
  const result = {}
  for (const [key, text] of texts) {
    const steps = key.split('.').slice(1)
    const last = steps.pop()
    steps.reduce((place, step) => (place[step] ??= {}), result)[last] = text
  }
  return { ...result, thousands: ',' }
}

/** The class of a column, which says how much room its texts want. */
function widthOf(column) {
  if (NARROW_KINDS.has(column.kind)) return 'number'
  if (WIDE_KINDS.has(column.kind) || WIDE_NAMES.has(column.name)) return 'wide'
  if (column.kind === 'code') return column.list ? 'named' : 'code'
  if (column.list) return 'wide'
  return NAME_KINDS.has(column.kind) ? 'named' : 'text'
}

async function rowsOf(table) {
  if (table.rows) return table.rows
  const read = await Promise.all(table.parts.map(part))
  return read.flatMap((rows) => rows ?? [])
}

async function mountTable(host, table) {
  const asked = (host.asked ?? 0) + 1
  host.asked = asked
  host.dataset.mounted = language()
  host.setAttribute('aria-busy', 'true')
  const [rows] = await Promise.all([rowsOf(table), part('repositories')])
  if (host.asked !== asked) return
  host.table?.destroy()
  host.replaceChildren()
  const columns = table.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => !column.hidden)
    .map(({ column, index }) => ({
      data: index,
      title: escaped(say(`column.${column.name}`) ?? column.name),
      className: widthOf(column),
      type: column.kind === 'number' || column.kind === 'share' || column.kind === 'year' ? 'num' : 'string',
      defaultContent: '',
      render: (value, purpose, row) => cellFor(column, purpose === 'type' ? 'sort' : purpose, value, row),
    }))
  const element = document.createElement('table')
  element.className = 'rows'
  element.style.width = '100%'
  const head = element.createTHead().insertRow()
  for (const { title } of columns) {
    const cell = document.createElement('th')
    cell.scope = 'col'
    cell.innerHTML = title
    head.append(cell)
  }
  host.append(element)
  host.table = new DataTable(element, {
    data: rows,
    columns,
    order: [],
    autoWidth: false,
    pageLength: 25,
    lengthMenu: [10, 25, 100, 500],
    language: tableTexts(),
    paging: rows.length > 10,
    info: rows.length > 10,
    columnControl: rows.length > 3 ? ['order', ['search']] : ['order'],
    ordering: { indicators: false, handler: false },
    layout: {
      topStart: rows.length > 10 ? 'search' : null,
      topEnd: {
        buttons: [{
          extend: 'csvHtml5',
          text: escaped(say('script.csv')),
          filename: `chainatlas-${table.name}`,
          title: null,
          bom: true,
          exportOptions: { orthogonal: 'export' },
        }],
      },
      bottomStart: rows.length > 10 ? 'info' : null,
      bottomEnd: rows.length > 10 ? 'paging' : null,
    },
  })
  if (table.total) {
    const note = document.createElement('p')
    note.textContent = say('script.cut', { shown: formatted('number', rows.length), total: formatted('number', table.total) })
    host.append(note)
  }
  const scroller = element.parentElement
  scroller.classList.add('scroller')
  scroller.tabIndex = 0
  scroller.setAttribute('role', 'region')
  scroller.setAttribute('aria-label', say('script.table_region'))
  host.removeAttribute('aria-busy')
}

function prepareTable(article, figure) {
  const details = article.querySelector('details.table')
  const host = details?.querySelector('.grid')
  if (!host || host.prepared) return
  host.prepared = true
  const mount = () => details.open && host.dataset.mounted !== language() && mountTable(host, figure.table)
  details.addEventListener('toggle', mount)
  whenChanged(mount)
  host.mountNow = () => mountTable(host, figure.table)
  new IntersectionObserver((entries, observer) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      observer.disconnect()
      mount()
    }
  }, { rootMargin: '300px' }).observe(details)
}
