"""Words that speak of time in French, English, Spanish, German, Italian and Portuguese; accents folded."""

from __future__ import annotations

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january jan enero januar gennaio janeiro",
            "fevrier february feb febrero februar febbraio fevereiro",
            "mars march marzo maerz marz marco",
            "avril april apr abril aprile",
            "mai may mayo maggio maio",
            "juin june jun junio juni giugno junho",
            "juillet july jul julio juli luglio julho",
            "aout august aug agosto",
            "septembre september sept septiembre settembre setembro",
            "octobre october oct octubre oktober ottobre outubro",
            "novembre november nov noviembre novembro",
            "decembre december dec diciembre dezember dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
SEASONS = {
    name: month
    for month, names in (
        (3, "printemps spring primavera fruhling"),
        (6, "ete summer verano sommer estate verao"),
        (9, "automne autumn fall otono herbst autunno outono"),
        (12, "hiver winter invierno inverno"),
    )
    for name in names.split()
}
ORDINALS = {
    name: number
    for number, names in (
        (1, "1er 1 premier first 1st primer primo primeiro erste ersten"),
        (2, "2e 2 2eme 2nd deuxieme second seconde segundo secondo zweite zweiten"),
        (3, "3e 3 3eme 3rd troisieme third tercer terzo terceiro dritte dritten"),
        (4, "4e 4 4eme 4th quatrieme fourth cuarto quarto vierte vierten"),
    )
    for name in names.split()
}
COUNTS = {
    name: number
    for number, names in enumerate(
        (
            "un une one a",
            "deux two",
            "trois three",
            "quatre four",
            "cinq five",
            "six",
            "sept seven",
            "huit eight",
            "neuf nine",
            "dix ten",
        ),
        start=1,
    )
    for name in names.split()
}
UNITS = {
    name: days
    for days, names in (
        (1, "jour jours day days"),
        (7, "semaine semaines week weeks"),
        (30, "mois month months"),
        (91, "trimestre trimestres quarter quarters"),
        (365, "an ans annee annees year years"),
    )
    for name in names.split()
}
