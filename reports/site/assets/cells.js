const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
const CUT = 140
/** Of a list a cell shows so many; all are found by the search and stand in the CSV. */
const MOST_NAMES = 4
const formats = {}

function formatted(kind, value) {
  const at = language()
  formats[at] ??= {
    number: new Intl.NumberFormat(at, { maximumFractionDigits: 2 }),
    share: new Intl.NumberFormat(at, { style: 'percent', maximumFractionDigits: 1 }),
    date: new Intl.DateTimeFormat(at, { dateStyle: 'medium', timeZone: 'UTC' }),
    time: new Intl.DateTimeFormat(at, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }),
  }
  return formats[at][kind].format(kind === 'date' || kind === 'time' ? new Date(value) : value)
}

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text) => text.replace(/[&<>"']/g, (character) => ESCAPES[character])

/** Text of a repository without what would disguise it. */
const printable = (value) => String(value).replace(INVISIBLE, '\ufffd')
const cut = (text) => (text.length > CUT ? `${text.slice(0, CUT - 1)}…` : text)

/** Name of an id in the language shown. */
function nameOf(kind, id) {
  const pair = settings.names[kind]?.[id]
  if (!pair) return (kind === 'verdict' && say(`verdict.${id}`)) || printable(id)
  return printable(inLanguage(pair) || id)
}

/** Of a Chinese and an English name the one in the language shown, or the other; undefined without both. */
const inLanguage = ([chinese, english]) => (language().startsWith('zh') ? chinese || english : english || chinese)

/** Address of a page as seen from this one. */
function pageAddress(path, anchor) {
  if (single) return `#/${path}${anchor ? `/${anchor}` : ''}`
  return `${root.dataset.root}${path}${anchor ? `#${anchor}` : ''}`
}

/** The key of a component's page: its purl without version, qualifiers and subpath. */
const packageKey = (purl) => purl.replace(/[?#].*$/s, '').replace(/@[^@/]*$/s, '')

function address(kind, value) {
  if (kind === 'enterprise' || kind === 'segment') {
    const known = settings.names[kind]?.[value]
    return known && pageAddress(`${kind}/${known[2] ?? value}.html`)
  }
  if (kind === 'component' && value.startsWith('pkg:')) {
    return pageAddress('component.html', encodeURIComponent(packageKey(value)))
  }
  return null
}

/** One value of a column as text. */
function textOf(column, value) {
  switch (column.kind) {
    case 'number': case 'share': case 'date': case 'time':
      return formatted(column.kind, value)
    case 'boolean':
      return say(value ? 'value.yes' : 'value.no')
    case 'names':
      return printable(inLanguage(value) || '–')
    case 'code':
      if (column.group === 'verdict') return nameOf('verdict', value)
      if (column.group === 'crypto_verdict') return value.split(':').map((word, at) => say(`code.${at ? 'crypto_verdict' : 'policy'}.${word}`) ?? printable(word)).join(' · ')
      return say(`code.${column.group}.${String(value).replaceAll(' ', '_')}`) ?? printable(value)
    case 'enterprise': case 'segment': case 'chain': case 'organization':
      return nameOf(column.kind, value)
    default:
      return printable(value)
  }
}

function placeText(column, value, row) {
  const line = row[column.at?.line]
  return line == null ? printable(value) : `${printable(value)}:${line}`
}

/** Where a forge shows the file at its line, for repositories that stand on one. */
function forgeAddress(column, value, row) {
  const repository = row[column.at?.repository]
  const commit = row[column.at?.commit] ?? parts.repositories?.[repository]
  if (!commit || !parts.repositories?.[repository]) return null
  if (value === `https://${repository}`) return value // what the forge itself tells of it
  const line = row[column.at?.line]
  const file = String(value).split('/').map(encodeURIComponent).join('/')
  const view = repository.startsWith('gitlab.com/') ? '-/blob' : 'blob'
  return `https://${repository}/${view}/${encodeURIComponent(commit)}/${file}${line ? `#L${line}` : ''}`
}

function linked(text, target, title) {
  const shown = escaped(cut(text))
  const hint = title ?? (text.length > CUT ? cut(text.slice(0, 2000)) : null)
  if (!target) return shown
  const outward = target.startsWith('https:') ? ' rel="noopener noreferrer" target="_blank"' : ''
  return `<a href="${escaped(target)}"${hint ? ` title="${escaped(hint)}"` : ''}${outward}>${shown}</a>`
}

/** A cell as DataTables asks for it: `display` is markup, `sort` orders, `filter` and `export` are text. */
function cellFor(column, purpose, value, row) {
  if (value == null || (column.list && !value.length) || Number.isNaN(value)) {
    return purpose === 'display' ? '<span class="unknown">–</span>' : purpose === 'sort' ? null : ''
  }
  const values = column.list ? value : [value]
  if (purpose === 'sort') {
    if (column.list) return value.length
    if (column.kind === 'number' || column.kind === 'share' || column.kind === 'year') return value
    return column.kind === 'date' || column.kind === 'time' ? String(value) : textOf(column, value).toLowerCase()
  }
  const text = (one) => (column.kind === 'place' ? placeText(column, one, row) : textOf(column, one))
  if (purpose === 'display') {
    const markup = values.slice(0, MOST_NAMES).map((one) => {
      const target = column.kind === 'place' ? forgeAddress(column, one, row) : address(column.kind, one)
      if (column.group === 'verdict') return `<span class="verdict" data-verdict="${escaped(String(one))}">${escaped(text(one))}</span>`
      return linked(text(one), target)
    }).join(column.group === 'verdict' ? ' ' : '<span class="comma">, </span>')
    return values.length > MOST_NAMES ? `${markup} ${escaped(say('script.more', { more: values.length - MOST_NAMES }))}` : markup
  }
  if (purpose === 'export' && (column.kind === 'number' || column.kind === 'share') && !column.list) return String(value)
  const joined = values.map(text).join('; ')
  return purpose === 'export' ? harmless(joined) : joined
}

/** Text that no spreadsheet takes for a formula. */
const harmless = (text) => (/^\s*[=+\-@\t\r|%]/.test(text) ? `'${text}` : text)
