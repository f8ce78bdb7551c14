"""What our people contribute, what we consume, and how healthy those communities are."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="链图 · 开源办公室")


@app.cell
def _():
    import marimo as mo

    from notebooks.atlas import language_choice, open_atlas, text

    atlas = open_atlas()
    return atlas, language_choice, mo, text


@app.cell
def _(language_choice):
    language = language_choice()
    language
    return (language,)


@app.cell(hide_code=True)
def _(language, mo, text):
    mo.vstack(
        [
            text("notebook.ospo.title", language.value, 1),
            text("notebook.ospo.intro", language.value),
        ]
    )
    return


@app.cell
def _(atlas, language):
    atlas.figure("contribution_by_year", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("giveback", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("absence_factor", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("community_health", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("talent_flow", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("upstream_flow", language.value)
    return


@app.cell
def _(atlas):
    enterprise = atlas.choice("enterprise")
    return (enterprise,)


@app.cell
def _(language, mo, enterprise, text):
    mo.vstack([text("notebook.one_enterprise", language.value, 2), enterprise])
    return


@app.cell
def _(atlas, enterprise, language, mo):
    mo.stop(enterprise.value is None)
    mo.vstack(
        [
            atlas.figure(name, language.value, enterprise.value)
            for name in (
                "enterprise_contribution",
                "enterprise_giveback",
                "enterprise_segments",
                "enterprise_repositories",
            )
        ]
    )
    return


if __name__ == "__main__":
    app.run()
