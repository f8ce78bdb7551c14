const CRC = Array.from({ length: 256 }, (_, number) => {
  let value = number
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

/** Which file holds the record of a key: CRC-32 of its UTF-8 bytes. */
function bucketOf(key, buckets) {
  let crc = 0xffffffff
  for (const byte of new TextEncoder().encode(key)) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8)
  return ((crc ^ 0xffffffff) >>> 0) % buckets
}

function bothLanguages(texts) {
  return settings.languages.map((name, number) => {
    const span = document.createElement('span')
    span.lang = name
    span.textContent = cut(printable(texts[number]))
    return span
  })
}

/** Fill the page of a record with the one that the address names. */
async function showRecord(page, data, key) {
  const { record } = data
  const bucket = `component-${bucketOf(key, record.buckets)}`
  const found = key ? (await part(bucket))?.[key] : null
  page.querySelector('[data-record=missing]').hidden = Boolean(found)
  page.querySelector('[data-record=title]').replaceChildren(...bothLanguages([key || '–', key || '–']))
  const facts = page.querySelector('[data-record=facts]')
  facts.replaceChildren(...(found?.facts ?? []).map(([name, value]) => {
    const box = document.createElement('div')
    const term = document.createElement('dt')
    const text = document.createElement('dd')
    term.append(...settings.languages.map((at) => {
      const span = document.createElement('span')
      span.lang = at
      span.textContent = settings.texts[at][`column.${name}`]
      return span
    }))
    text.textContent = value == null ? '–' : formatted('number', value)
    box.append(term, text)
    return box
  }))
  for (const article of page.querySelectorAll('article.figure')) {
    const shown = found?.figures[article.dataset.figure]
    article.hidden = !shown
    if (!shown) continue
    const [findings, rows] = shown
    article.querySelector('[data-record=finding]').replaceChildren(...bothLanguages(findings))
    const figure = data.figures[article.id]
    figure.table.rows = rows
    const host = article.querySelector('.grid')
    article.querySelector('.count').textContent = formatted('number', rows.length)
    article.querySelector('details.table').open = true
    host.prepared ? host.mountNow() : (prepareTable(article, figure), host.mountNow())
  }
}

/** The key in an address, empty if there is none that can be read. */
function recordKey(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
