"""Links that are missing, weak, blocked or choked, and who could fill them."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="链图 · 产业规划者")


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
            text("notebook.planner.title", language.value, 1),
            text("notebook.planner.intro", language.value),
        ]
    )
    return


@app.cell
def _(atlas, language):
    atlas.figure("gap_ranking", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("quadrant_control", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("quadrant_reach", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("chain_heat", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("park_chain", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("supply_demand_match", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("talent_map", language.value)
    return


@app.cell
def _(atlas):
    segment = atlas.choice("segment")
    return (segment,)


@app.cell
def _(language, mo, segment, text):
    mo.vstack([text("notebook.one_segment", language.value, 2), segment])
    return


@app.cell
def _(atlas, segment, language, mo):
    mo.stop(segment.value is None)
    mo.vstack(
        [
            atlas.figure(name, language.value, segment.value)
            for name in (
                "segment_verdict",
                "segment_demanders",
                "segment_suppliers",
                "segment_alternatives",
                "segment_people",
                "segment_owners",
                "segment_candidates",
                "segment_matches",
                "segment_rows",
            )
        ]
    )
    return


@app.cell
def _(mo):
    shock = mo.ui.text(placeholder="owner:oracle", full_width=True).form(bordered=False)
    return (shock,)


@app.cell
def _(language, mo, shock, text):
    mo.vstack(
        [
            text("notebook.shock", language.value, 2),
            text("notebook.shock.intro", language.value),
            shock,
        ]
    )
    return


@app.cell
def _(atlas, mo, shock, table):
    mo.stop(not shock.value)
    table(atlas.shock(shock.value.split()), "shock")
    return


if __name__ == "__main__":
    app.run()
