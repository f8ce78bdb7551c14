const NARROW = 620
const ROOMY = 860

/** `$role` in charts as the colour of the mode shown. */
function themed(value, style) {
  if (typeof value === 'string') {
    return (value[0] === '$' && style.getPropertyValue(`--${value.slice(1)}`).trim()) || value
  }
  if (Array.isArray(value)) return value.map((item) => themed(item, style))
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, themed(item, style)]))
  }
  return value
}

function merged(base, own) {
  const isObject = (value) => value && typeof value === 'object' && !Array.isArray(value)
  if (!isObject(base) || !isObject(own)) return own === undefined ? base : own
  const result = { ...base }
  for (const key of Object.keys(own)) result[key] = merged(base[key], own[key])
  return result
}

/** The layout on top of what all charts share; further axes look like the first ones. */
function laidOut(own) {
  const axes = Object.keys(own).filter((key) => /^[xy]axis\d/.test(key))
  return merged({ ...settings.layout, ...Object.fromEntries(axes.map((key) => [key, settings.layout[key.slice(0, 5)]])) }, own)
}

let plotly = null

/** plotly.js, read when the first chart comes into view. */
function withPlotly() {
  plotly ??= single ? runPacked('plotly') : loadScript('assets/plotly.js')
  return plotly
}

const scripts = {}
function loadScript(path) {
  scripts[path] ??= new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = root.dataset.root + path
    element.onload = resolve
    element.onerror = () => reject(new Error(path))
    document.head.append(element)
  })
  return scripts[path]
}

/** What the single file holds compressed under a name; null if it holds none. */
async function unpacked(name) {
  const element = document.querySelector(`script[data-part="${CSS.escape(name)}"]`)
  if (!element) return null
  const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

/** Run a script of the single file; its hash is in the page's content security policy. */
async function runPacked(name) {
  const element = document.createElement('script')
  element.textContent = await unpacked(name)
  document.head.append(element)
}

/** The content of a part file, read once. */
async function part(name) {
  if (parts[name]) return parts[name]
  if (single) {
    const text = await unpacked(name)
    parts[name] = text && JSON.parse(text)
  } else {
    await loadScript(`data/${name}.js`).catch(() => { parts[name] = null })
  }
  return parts[name]
}

/** Charts of a figure in the language shown: [[label, chart], …]. */
const chartsOf = (figure) => figure.choices?.[language()] ?? (figure.chart ? [[null, figure.chart[language()]]] : [])

/** On a phone long names would leave no room for what they name. */
function fitted(layout, width) {
  const narrow = width < NARROW
  if (!narrow) return layout
  const short = (text) => (text.length <= 15 ? text : /^[^\s/]+(\/[^\s/]+)+$/.test(text) ? `…${text.slice(-14)}` : `${text.slice(0, 14)}…`)
  const shorter = (axis) => axis?.ticktext
    ? { ...axis, ticktext: axis.ticktext.map(short), tickfont: { ...axis.tickfont, size: 10 } }
    : axis && { ...axis, tickfont: { ...axis.tickfont, size: 10 } }
  const axes = Object.keys(layout).filter((key) => key.startsWith('yaxis') || key.startsWith('xaxis'))
  return { ...layout, ...Object.fromEntries(axes.map((key) => [key, shorter(layout[key])])), margin: { ...layout.margin, l: 4, r: 8 } }
}

/** Where cells and points stand too close for names they go without. */
function plainer(trace, width) {
  if (trace.type === 'scatter' && trace.mode === 'markers+text' && width < NARROW) return { ...trace, mode: 'markers' }
  if (trace.type !== 'heatmap' || width >= ROOMY) return trace
  return { ...trace, texttemplate: '', showscale: trace.showscale !== false && width >= NARROW }
}

async function draw(place, figure) {
  place.begun = true
  await withPlotly() // while it loads, language and choice may change
  const charts = chartsOf(figure)
  const chosen = charts[place.chosen ?? 0] ?? charts[0]
  if (!chosen?.[1]) return
  const chart = themed({ data: chosen[1].data, layout: laidOut(chosen[1].layout ?? {}) }, getComputedStyle(root))
  const isWide = chart.layout.meta?.wide && place.clientWidth < NARROW
  place.classList.toggle('wide', Boolean(isWide))
  const width = isWide ? NARROW : place.clientWidth
  const layout = { ...fitted(chart.layout, width), width: isWide ? NARROW : undefined, autosize: !isWide }
  place.style.minHeight = `${layout.height ?? 260}px`
  const options = { responsive: true, displaylogo: false, displayModeBar: false, scrollZoom: false, locale: 'en-US' }
  const data = chart.data.map((trace) => plainer(trace, width))
  await Plotly.react(place, data, layout, options)
  if (!place.drawn) {
    place.drawn = true
    place.on('plotly_click', (event) => {
      const target = event.points?.[0]?.customdata
      if (Array.isArray(target) && target[0] === '→' && target[1]) follow(target[1], target[2])
    })
  }
}

/** A click on a mark opens the page of what it shows. */
function follow(kind, id) {
  const target = address(kind, id)
  if (target) location.href = target
}

function mountChart(article, figure) {
  const place = article.querySelector('.chart')
  if (!place || place.mounted) return
  place.mounted = true
  const select = article.querySelector('.choice select')
  const fill = () => {
    if (!select) return
    select.replaceChildren(...chartsOf(figure).map(([label], number) => new Option(cut(printable(label)), number)))
    select.value = String(place.chosen ?? 0)
  }
  fill()
  select?.addEventListener('change', () => {
    place.chosen = Number(select.value)
    draw(place, figure)
  })
  new IntersectionObserver((entries, observer) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      observer.disconnect()
      draw(place, figure)
    }
  }, { rootMargin: '400px' }).observe(place)
  whenChanged(() => {
    fill()
    if (place.begun) draw(place, figure)
  })
  place.drawNow = () => draw(place, figure)
}
