'use strict'

const root = document.documentElement
const texts = {
  'zh-CN': {
    component: '组件（purl）', owner: '上游所有者', country: '国家', maintainers: '仓库的维护者', enterprise: '企业',
    rows: (shown, cut) => `${shown} 行${cut ? '，另有更多' : ''}`, working: '……', segments: '受影响的环节', enterprises: '受影响的企业',
    equal: '等于', not: '不等于', min: '至少', max: '至多', like: '包含', value: '值', subject: '例如', as_of: '截至', unordered: '（不排序）',
    table: { search: '搜索：', lengthMenu: '每页 _MENU_ 行', info: '第 _START_ 至 _END_ 行，共 _TOTAL_ 行', infoEmpty: '无', infoFiltered: '（由 _MAX_ 行筛选）', zeroRecords: '没有匹配的行', emptyTable: '—' },
  },
  en: {
    component: 'component (purl)', owner: 'upstream owner', country: 'country', maintainers: 'maintainers of a repository', enterprise: 'enterprise',
    rows: (shown, cut) => `${shown} rows${cut ? ', and there are more' : ''}`, working: '…', segments: 'Segments that it hits', enterprises: 'Enterprises that it hits',
    equal: 'is', not: 'is not', min: 'at least', max: 'at most', like: 'contains', value: 'value', subject: 'such as', as_of: 'as of', unordered: '(no order)',
    table: { search: 'Search:', lengthMenu: '_MENU_ rows a page', info: 'Rows _START_ to _END_ of _TOTAL_', infoEmpty: 'none', infoFiltered: '(of _MAX_ rows)', zeroRecords: 'no row matches', emptyTable: '—' },
  },
}
const examples = { component: 'pkg:npm/lodash', owner: 'oracle', country: 'US', maintainers: 'github.com/acme/lib', enterprise: 'acme' }
const words = () => texts[root.dataset.language]
const PAGE_ROWS = 25
let tables = []

/** What was chosen on the report's pages, which keep it under the same names; storage may be refused. */
function remembered(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(`chainatlas.${name}`)
    localStorage.setItem(`chainatlas.${name}`, value)
  } catch {}
  return null
}

function showLanguage(wanted) {
  root.lang = root.dataset.language = wanted
  document.title = `${document.querySelector(`h1 [lang="${wanted}"]`).textContent} · 链图`
}

/** An element with properties and children; texts are always text. */
function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

const choices = (names, label) => names.map((name) => make('option', { value: name }, label(name)))

async function ask(path, body) {
  const options = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(path, options)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error ?? response.statusText)
  return answer
}

/** Show rows with the same library as the report's tables: it sorts, searches and pages. */
function showRows(place, columns, rows) {
  const table = make('table', { className: 'rows display' })
  place.append(make('div', { className: 'scroller' }, table))
  const shown = (value) => (value === null ? '—' : typeof value === 'object' ? JSON.stringify(value) : value)
  const text = DataTable.render.text()
  new DataTable(table, {
    data: rows.map((row) => row.map(shown)),
    columns: columns.map((column) => ({ title: make('span', {}, column.name).outerHTML, render: text })),
    order: [],
    pageLength: PAGE_ROWS,
    language: words().table,
    ...(rows.length > PAGE_ROWS ? {} : { layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null } }),
  })
}

/** Run what a form asks for, and show the answer or what is wrong with the question. */
function answering(form, run) {
  const [said, result] = [form.parentElement.querySelector('.said'), form.parentElement.querySelector('.result')]
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    said.classList.remove('wrong')
    said.textContent = words().working
    result.replaceChildren()
    try {
      said.textContent = (await run(result)) ?? ''
    } catch (error) {
      said.classList.add('wrong')
      said.textContent = error.message
    }
  })
}

function addShock() {
  const kind = make('select', { className: 'kind' }, ...choices(Object.keys(examples), (name) => words()[name]))
  const subject = make('input', { className: 'wide subject', required: true })
  const hint = () => (subject.placeholder = `${words().subject} ${examples[kind.value]}`)
  kind.addEventListener('change', hint)
  kind.value = 'owner'
  hint()
  document.getElementById('shocks').append(make('div', {}, kind, subject))
}

function addCondition() {
  const table = tables.find((candidate) => candidate.name === document.getElementById('table').value)
  const column = make('select', { className: 'column' }, ...choices(table.columns.map(({ name }) => name), (name) => name))
  const comparison = make('select', { className: 'comparison' }, ...choices(['equal', 'not', 'min', 'max', 'like'], (name) => words()[name]))
  const value = make('input', { className: 'wide value', placeholder: words().value })
  document.getElementById('conditions').append(make('div', {}, column, comparison, value))
}

function chooseTable() {
  const table = tables.find((candidate) => candidate.name === document.getElementById('table').value)
  document.getElementById('meaning').textContent = table.meaning
  document.getElementById('conditions').replaceChildren()
  const names = table.columns.map(({ name }) => name)
  document.getElementById('order').replaceChildren(make('option', { value: '' }, words().unordered), ...choices(names, (name) => name))
}

const asTable = (records) => {
  const names = Object.keys(records[0] ?? {})
  return [names.map((name) => ({ name })), records.map((record) => names.map((name) => record[name]))]
}

answering(document.getElementById('simulate'), async (result) => {
  const shocks = [...document.querySelectorAll('#shocks > div')].map(
    (row) => `${row.querySelector('.kind').value}:${row.querySelector('.subject').value.trim()}`,
  )
  const answer = await ask('/api/simulate', { remove: shocks, together: document.getElementById('together').checked })
  showRows(result, ...asTable(answer.shocks.map(({ shock, totals }) => ({ shock, ...totals }))))
  for (const { shock, segments, enterprises } of answer.shocks) {
    for (const [title, records] of [[words().segments, segments], [words().enterprises, enterprises]]) {
      if (!records.length) continue
      result.append(make('h3', {}, `${title} · ${shock}`))
      showRows(result, ...asTable(records))
    }
  }
  return `${words().as_of} ${answer.as_of}`
})

answering(document.getElementById('filter'), async (result) => {
  const asked = new URLSearchParams()
  for (const row of document.querySelectorAll('#conditions > div')) {
    const comparison = row.querySelector('.comparison').value
    const column = row.querySelector('.column').value
    asked.append(comparison === 'equal' ? column : `${column}.${comparison}`, row.querySelector('.value').value)
  }
  const order = document.getElementById('order').value
  if (order) asked.set('order', (document.getElementById('descending').checked ? '-' : '') + order)
  asked.set('limit', document.getElementById('limit').value)
  const answer = await ask(`/api/tables/${document.getElementById('table').value}?${asked}`)
  showRows(result, answer.columns, answer.rows)
  return words().rows(answer.rows.length, answer.truncated)
})

answering(document.getElementById('query'), async (result) => {
  const answer = await ask('/api/query', { sql: document.getElementById('sql').value, limit: 10000 })
  showRows(result, answer.columns, answer.rows)
  return words().rows(answer.rows.length, answer.truncated)
})

document.getElementById('add-shock').addEventListener('click', addShock)
document.getElementById('add-condition').addEventListener('click', addCondition)
document.getElementById('table').addEventListener('change', chooseTable)
document.getElementById('language').addEventListener('click', () => {
  showLanguage(root.dataset.language === 'en' ? 'zh-CN' : 'en')
  remembered('language', root.dataset.language)
  document.getElementById('shocks').replaceChildren()
  addShock()
  chooseTable()
})

async function start() {
  showLanguage(remembered('language') ?? root.dataset.language)
  if (remembered('theme')) root.dataset.theme = remembered('theme')
  const status = await ask('/api/status')
  document.getElementById('as-of').textContent = status.as_of ?? ''
  tables = await ask('/api/tables')
  document.getElementById('table').append(...choices(tables.map(({ name }) => name), (name) => name))
  document.getElementById('table').value = 'segment_gap'
  addShock()
  chooseTable()
}
start()
