"""A blank start: tables, SQL and every figure of the report, to be copied and changed."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="链图 · 空白起点")


@app.cell
def _():
    import marimo as mo

    from notebooks.atlas import language_choice, open_atlas, table, text

    atlas = open_atlas()
    return atlas, language_choice, mo, table, text


@app.cell
def _(language_choice):
    language = language_choice()
    language
    return (language,)


@app.cell(hide_code=True)
def _(language, mo, text):
    mo.vstack(
        [
            text("notebook.start.title", language.value, 1),
            text("notebook.start.intro", language.value),
        ]
    )
    return


@app.cell
def _(atlas, language, table):
    # every answer and what it rests on, with its meaning
    table(atlas.tables(language.value), "tables")
    return


@app.cell
def _(mo):
    # SQL that can only read; the button runs it
    query = mo.ui.code_editor("from mart.coverage", language="sql", min_height=80).form(bordered=False)
    return (query,)


@app.cell
def _(language, mo, query, text):
    mo.vstack([text("notebook.sql", language.value, 2), query])
    return


@app.cell
def _(atlas, query, table):
    # as Python: an Arrow table, which pandas, polars and DuckDB read as it is
    rows = atlas.sql(query.value or "from mart.coverage")
    table(rows, "query")
    return


@app.cell
def _(language, mo, text):
    from reports.figures import figures
    from reports.texts import Words

    words = Words(language.value)
    titles = {
        f"{words(f'figure.{figure.name}.title')} ({figure.name})": figure.name
        for figure in figures()
        if figure.subject is None
    }
    chosen = mo.ui.dropdown(titles, value=next(iter(titles)), searchable=True)
    mo.vstack([text("notebook.figure", language.value, 2), chosen])
    return (chosen,)


@app.cell
def _(atlas, chosen, language):
    # any figure of the report; atlas.drawn(name) gives its rows and its chart as plain JSON
    atlas.figure(chosen.value, language.value)
    return


if __name__ == "__main__":
    app.run()
