"""What is exposed to what, what to do first, and which cryptography has to go."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="链图 · 安全团队")


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
            text("notebook.security.title", language.value, 1),
            text("notebook.security.intro", language.value),
        ]
    )
    return


@app.cell
def _(atlas, language):
    atlas.figure("exposure_decisions", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("exposure_portfolio", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("fix_plan", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("blast_radius", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("freshness", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("licences", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("exposure_window", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("crypto_inventory", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("crypto_posture", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("crypto_migration", language.value)
    return


@app.cell
def _(atlas, language):
    atlas.figure("certificate_expiry", language.value)
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
                "enterprise_exposures",
                "enterprise_fixes",
                "enterprise_crypto",
                "enterprise_algorithms",
                "enterprise_certificates",
            )
        ]
    )
    return


if __name__ == "__main__":
    app.run()
