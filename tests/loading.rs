//! Scenario files: read, laid over each other, written, and refused with the place of every fault.

use plancast::error::{Error, Faults};
use plancast::quantity::Quantity;
use plancast::scenario::{Draft, Scenario};
use std::fs;
use std::path::{Path, PathBuf};

const SAMPLE: &str = include_str!("loading/sample.toml");

#[track_caller]
fn refused<T>(result: Result<T, Error>) -> Faults {
    match result {
        Err(Error::Scenario(faults)) => faults,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("nothing was refused"),
    }
}

/// (path, line, column) of each fault.
fn places(faults: &Faults) -> Vec<(&str, usize, usize)> {
    faults
        .iter()
        .map(|fault| {
            let place = fault.place.as_ref().expect("every fault has a place");
            (fault.path.as_str(), place.line, place.column)
        })
        .collect()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let text = SAMPLE
        .replace("persistence = 0.3", "persistance = 0.3")
        .replace("df = 5.0", "df = \"5\"")
        .replace("unit = \"1000\"\n", "")
        .replace("process.path", "process.pth")
        .replace("mode = 1.0, ", "")
        .replace("[0.0, 3.0]", "[0.0, 3.0, 4.0]")
        .replace("\"average_growth\"", "\"average_grwth\"");
    let faults = refused(Draft::from_toml(&text));
    assert_eq!(
        places(&faults),
        [
            ("indicator.gdp.process.ar1_growth.persistance", 17, 96),
            ("indicator.gdp.innovation.student_t.df", 18, 31),
            ("indicator.employment.unit", 20, 12),
            ("indicator.employment.process.pth", 23, 9),
            ("event.slump.severity.two_piece_normal.mode", 34, 14),
            ("event.slump.severity.between", 34, 76),
            ("target.growth.measure", 40, 11),
        ]
    );
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(said[0].contains("help: did you mean `persistence`?"), "{}", said[0]);
    assert!(said[1].contains("a number is needed here, the text \"5\" is given"), "{}", said[1]);
    assert!(said[2].contains("`unit` is missing in `indicator.employment`"), "{}", said[2]);
    assert!(said[3].contains("did you mean `path`?"), "{}", said[3]);
    assert!(said[5].contains("2 entries are needed, 3 given"), "{}", said[5]);
    assert!(faults.to_string().ends_with("the scenario has 7 faults; nothing was run"));
}

#[test]
fn a_fault_is_printed_with_its_line_underlined_below_chinese_text() {
    let text = SAMPLE.replace("source = \"统计公报\", evidence", "source = \"统计公报\", evidance");
    let faults = refused(Draft::from_toml(&text));
    let said = faults.iter().next().expect("a fault").to_string();
    assert_eq!(
        said,
        "error: `evidance` is not a key of `indicator.gdp.baseline`; allowed: `value`, `normal`, `student_t`, \
         `two_piece_normal`, `log_normal`, `uniform`, `triangular`, `beta`, `gamma`, `by_year`, `plus`, `between`, \
         `source`, `evidence`\n  --> <text>:16:46\n   |\n\
         16 | baseline = { value = 538.0, source = \"统计公报\", evidance = \"statistics\" }\n   \
         |                                                  ^^^^^^^^\n   \
         = in indicator.gdp.baseline.evidance\n   = help: did you mean `evidence`?"
    );
    // Four characters of double width stand before it: column 46, 49 cells to the right.
}

#[test]
fn other_shapes_are_refused_in_words() {
    let cases: &[(&str, &str, &str)] = &[
        ("df = 5.0", "df = 99999999999999999999", "too large to be represented"),
        ("df = 5.0", "df = nan", "`nan` is not a number"),
        ("df = 5.0", "df = 1e999", "too large to be represented"),
        ("df = 5.0", "df = 2026-01-01", "the date 2026-01-01 is given"),
        ("baseline = 1_700", "baseline = true", "a number, or a table with a `value`"),
        ("baseline = 1_700", "baseline = {}", "exactly one of `value`"),
        ("baseline = 1_700", "baseline.plus = 3", "a table is needed here, `3` is given"),
        ("2030 = 1_750.5", "203o = 1_750.5", "a year such as 2030"),
        ("base_year = 2025", "base_year = 2025.5", "a year such as 2030"),
        ("plancast = 1", "plancast = 2", "the file is of format 2"),
        ("plancast = 1", "", "`plancast` is missing in a scenario"),
        ("plancast = 1", "plancast = 1\nplancast = 1", "`plancast` is given twice"),
        ("\"independent\"", "\"indepedent\"", "did you mean `independent`?"),
        ("\"independent\"", "\"matrix\"", "`matrix` is given without its parameters"),
        ("\"independent\"", "{}", "nothing is chosen; allowed: `independent`, `factors`, `matrix`, `pairs`"),
        ("\"independent\"", "3", "`3` does not fit; allowed: `independent`"),
        (
            "\"independent\"",
            "{ pairs.of = [['a', 1, 'x']] }",
            "a text in quotes is needed here, `1` is given",
        ),
        ("\"independent\"", "{ pairs.of = [['a', 'b']] }", "3 entries are needed, 2 given"),
        (
            "\"independent\"",
            "{ pairs = {}, matrix = {} }",
            "one alternative is allowed, 2 are given: `pairs`, `matrix`",
        ),
        ("all = [\"growth\"]", "at_least_k = { k = -1, of = [] }", "a whole number of 0 or more"),
        ("drift = 0.03", "drft = 0.03", "variant.slow.patch.indicator.gdp.process.ar1_growth.drft"),
        (
            "patch.indicator.gdp",
            "patch.extends = \"x\"\npatch.indicator.gdp",
            "a patch cannot change `extends`",
        ),
        ("[plan]", "extends = \"other.toml\"\n[plan]", "cannot extend another file"),
        ("[plan]", "[plan", "this is not valid TOML"),
    ];
    for (old, new, said) in cases {
        let text = SAMPLE.replace(old, new);
        assert_ne!(text, SAMPLE, "{old} is in the sample");
        let faults = refused(Draft::from_toml(&text));
        let told = faults.to_string();
        assert!(told.contains(said), "{new}: {told}");
        assert_eq!(faults.len(), if new.contains("'x'") { 2 } else { 1 }, "{new}: {told}");
        assert_eq!(places(&faults).len(), faults.len());
    }
}

#[test]
fn a_wrong_part_hides_no_fault_elsewhere_and_brings_none_of_its_own() {
    // A required table that is wrong, one inside a list, and a section of another shape.
    let text = SAMPLE
        .replace("persistence = 0.3", "persistence = { normal = { mean = 0.3, sd = \"x\" } }")
        .replace("severity = { two", "years = [2026, \"soon\"]\nseverity = { two")
        .replace("[target.both]\nall = [\"growth\"]", "[target]\nboth = 3");
    let faults = refused(Draft::from_toml(&text));
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        ["indicator.gdp.process.ar1_growth.persistence.normal.sd", "event.slump.years[1]", "target.both"],
        "{faults}"
    );
}

#[test]
fn limits_are_kept() {
    let deep = format!("x = {}1{}", "[".repeat(70), "]".repeat(70));
    assert!(refused(Draft::from_toml(&deep)).to_string().contains("nested more than 64 deep"));
    let dotted = "{a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=".repeat(70);
    let dotted = format!("x = {dotted}1{}", "}".repeat(70));
    assert!(refused(Draft::from_toml(&dotted)).to_string().contains("nested more than 64 deep"));
    let brackets = "[".repeat(100_000);
    refused(Draft::from_toml(&format!("x = {brackets}")));
    let many = format!("x = [{}]", "1,".repeat(50_001));
    assert!(refused(Draft::from_toml(&many)).to_string().contains("more than 50000 entries"));
    let large = " ".repeat((8 << 20) + 1);
    assert!(refused(Draft::from_toml(&large)).to_string().contains("more than 8 MiB"));
    let folder = folder(&[("large.toml", &large)]);
    assert!(refused(Draft::load(folder.path().join("large.toml"))).to_string().contains("more than 8 MiB"));
    let wrong: String = (0..300).map(|i| format!("indicator.i{i} = 3\n")).collect();
    assert_eq!(refused(Draft::from_toml(&wrong)).len(), 100);
}

#[test]
fn every_truncation_is_read_or_refused_and_never_panics() {
    let mut read = 0;
    for end in 0..SAMPLE.len() {
        let Ok(text) = std::str::from_utf8(&SAMPLE.as_bytes()[..end]) else { continue };
        match Draft::from_toml(text) {
            // Cut between two tables or after a digit, what is left can be a scenario.
            Ok(_) => read += 1,
            Err(Error::Scenario(faults)) => assert_eq!(places(&faults).len(), faults.len()),
            Err(other) => panic!("at {end}: {other}"),
        }
    }
    assert!(read < SAMPLE.len() / 4, "{read} truncations were read");
    let folder = folder(&[]);
    let path = folder.path().join("cut.toml");
    let middle = SAMPLE.find('样').expect("Chinese text") + 1;
    fs::write(&path, &SAMPLE.as_bytes()[..middle]).expect("a file");
    let told = refused(Draft::load(&path)).to_string();
    assert!(told.contains("is not UTF-8 text") && told.contains("cut.toml:6:1"), "{told}");
}

#[test]
fn a_file_is_laid_over_the_one_that_it_extends() {
    let folder = folder(&[
        ("base.toml", SAMPLE),
        ("below/middle.toml", "extends = \"../base.toml\"\n[indicator.gdp]\nhistory.file = \"gdp.csv\"\n"),
        (
            "top.toml",
            "extends = \"below/middle.toml\"\n[indicator.gdp]\nbaseline = 600.0\nprocess.random_walk = { drift = 0.05 }\n",
        ),
    ]);
    let draft = Draft::load(folder.path().join("top.toml")).expect("a draft");
    assert_eq!(draft.extends, None);
    assert_eq!(draft.plan.name, "Sample");
    let gdp = &draft.indicator["gdp"];
    assert_eq!(gdp.baseline, Some(Quantity::number(600.0)));
    assert_eq!(gdp.process.as_ref().map(|process| process.word()), Some("random_walk"));
    // The folder of the file that names the history.
    let history = gdp.history.as_ref().expect("a history");
    assert_eq!(history.folder, folder.path().join("below"));
    assert_eq!(
        draft.indicator["employment"].history.as_ref().map(|h| h.folder.clone()),
        Some(PathBuf::new())
    );
}

#[test]
fn faults_of_a_merged_scenario_stand_in_the_file_that_says_so() {
    let folder = folder(&[
        ("base.toml", &SAMPLE.replace("df = 5.0", "dof = 5.0")),
        ("top.toml", "extends = \"base.toml\"\n\nindicator.gdp.baseline = \"x\"\n"),
    ]);
    let faults = refused(Draft::load(folder.path().join("top.toml")));
    let files: Vec<String> = faults
        .iter()
        .filter_map(|fault| fault.place.as_ref())
        .map(|place| {
            format!(
                "{}:{}:{}",
                place.file.file_name().unwrap_or_default().display(),
                place.line,
                place.column
            )
        })
        .collect();
    assert_eq!(files, ["top.toml:3:26", "base.toml:18:26"]);
}

#[test]
fn chains_end() {
    let mut files: Vec<(String, String)> =
        (0..10).map(|i| (format!("{i}.toml"), format!("extends = \"{}.toml\"\n", i + 1))).collect();
    files.push(("10.toml".into(), SAMPLE.into()));
    files.push(("a.toml".into(), "extends = \"b.toml\"\n".into()));
    files.push(("b.toml".into(), "extends = \"./a.toml\"\n".into()));
    files.push(("gone.toml".into(), "\nextends = \"nowhere.toml\"\n".into()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let load = |name: &str| Draft::load(folder.path().join(name));
    assert!(load("2.toml").is_ok(), "eight files below the first");
    assert!(refused(load("1.toml")).to_string().contains("more than 8 files extend each other"));
    let circle = refused(load("a.toml")).to_string();
    assert!(circle.contains("in a circle: ") && circle.contains("a.toml -> "), "{circle}");
    let gone = refused(load("gone.toml"));
    assert_eq!(places(&gone), [("extends", 2, 11)]);
    assert!(gone.to_string().contains("nowhere.toml"), "{gone}");
    assert!(matches!(load("none.toml"), Err(Error::Read { .. })));
}

#[test]
fn a_variant_is_laid_over_its_scenario() {
    let draft = Draft::from_toml(SAMPLE).expect("a draft");
    let slow = draft.variant("slow").expect("a variant");
    let process = toml::Table::try_from(&slow).expect("a table")["indicator"]["gdp"]["process"].to_string();
    assert_eq!(process, "{ ar1_growth = { drift = 0.03, persistence = 0.3, volatility = 0.02 } }");
    assert_eq!(slow.target, draft.target);
    let unknown = draft.variant("slwo").expect_err("there is none").to_string();
    assert!(unknown.contains("no variant `slwo`") && unknown.contains("did you mean `slow`?"), "{unknown}");
    let folder = folder(&[("a.toml", SAMPLE)]);
    let unknown = Scenario::load_variant(folder.path().join("a.toml"), "fast");
    assert!(matches!(unknown, Err(Error::Run(fault)) if fault.to_string().contains("there are: slow")));
}

#[test]
fn a_saved_draft_finds_its_histories() {
    let text = SAMPLE
        .replace("formula = ", "history.file = \"data/h.csv\"\nformula = ")
        .replace("patch.indicator.gdp", "patch.indicator.gdp.history.file = \"g.csv\"\npatch.indicator.gdp");
    let folder = folder(&[("in/a.toml", &text), ("out/readme", "")]);
    let draft = Draft::load(folder.path().join("in/a.toml")).expect("a draft");
    let path = |draft: &Draft| {
        let history = draft.indicator["productivity"].history.clone().expect("a history");
        history.folder.join(history.file.expect("a file"))
    };
    let patched = |draft: &Draft| draft.variant("slow").expect("a variant").indicator["gdp"].history.clone();
    for to in ["in/b.toml", "out/b.toml", "b.toml"] {
        let to = folder.path().join(to);
        draft.save(&to).expect("saved");
        let again = Draft::load(&to).expect("a draft");
        assert_eq!(path(&again), folder.path().join("in/data/h.csv"));
        let history = patched(&again).expect("a history");
        assert_eq!(history.folder.join(history.file.expect("a file")), folder.path().join("in/g.csv"));
    }
    let written = fs::read_to_string(folder.path().join("b.toml")).expect("a file");
    assert!(written.contains("file = \"in/data/h.csv\""), "relative where it can be: {written}");
    let nowhere = Path::new("no such folder/x.toml");
    assert!(matches!(draft.save(folder.path().join(nowhere)), Err(Error::Write { .. })));
}

#[test]
fn the_sample_is_written_and_read_again() {
    let draft = Draft::from_toml(SAMPLE).expect("a draft");
    let text = draft.to_toml().expect("a text");
    assert_eq!(Draft::from_toml(&text).expect("a draft"), draft);
    let order = |draft: &Draft| draft.indicator.keys().cloned().collect::<Vec<_>>();
    assert_eq!(order(&Draft::from_toml(&text).expect("a draft")), order(&draft));
    assert!(text.contains("process.ar1_growth = { drift = { normal = { mean = 0.045, sd = 0.01 }"), "{text}");
}

#[test]
fn no_single_changed_character_panics() {
    let mut refused = 0;
    for (at, old) in SAMPLE.char_indices() {
        let (before, after) = (&SAMPLE[..at], &SAMPLE[at + old.len_utf8()..]);
        for new in ["", "\"", "{", "]", "=", ".", "\n", "9", "中"] {
            match Draft::from_toml(&format!("{before}{new}{after}")) {
                Ok(_) => {}
                Err(Error::Scenario(faults)) => {
                    assert!(!faults.is_empty());
                    assert_eq!(places(&faults).len(), faults.len());
                    refused += 1;
                }
                Err(other) => panic!("at {at}: {other}"),
            }
        }
    }
    assert!(refused > SAMPLE.len(), "only {refused} changes were refused");
}

#[test]
fn a_correlation_is_estimated_from_the_histories_of_a_file() {
    let growth = [
        ("gdp", [1.8, 7.9, 1.1, 5.0, 6.2, 4.9]),
        ("retail", [-3.1, 11.0, -0.4, 7.3, 4.0, 3.6]),
        ("jobs", [0.4, 1.2, 0.3, 0.6, 0.9, 0.5]),
    ];
    let mut csv = "indicator_id,year,value\n".to_owned();
    let mut plan =
        "plancast = 1\ncorrelation = \"independent\"\nplan = { name = \"p\", base_year = 2025, last_year = 2030 }\n"
            .to_owned();
    for (id, values) in growth {
        for (year, value) in (2020..).zip(values) {
            csv += &format!("{id},{year},{value}\n");
        }
        plan += &format!(
            "[indicator.{id}]\nname = \"{id}\"\nunit = \"1\"\nbaseline = 1.0\n\
             process.random_walk = {{ drift = 0.01, volatility = 0.01 }}\n\
             history = {{ file = \"past.csv\", form = \"growth_percent\" }}\n"
        );
    }
    plan += "[target.t]\nindicator = \"gdp\"\nat_least = 1.2\n";
    let over = "plancast = 1\nextends = \"plan.toml\"\n[correlation.shrunk]\nindicators = [\"gdp\", \"retail\", \"jobs\"]\n\
                target.block = [[\"gdp\", \"retail\", \"jobs\"]]\n\
                [variant.equal]\nname = \"e\"\nreasoning = \"r\"\npatch.correlation.shrunk.target = \"equicorrelated\"\n\
                [variant.late]\nname = \"l\"\nreasoning = \"r\"\npatch.correlation.shrunk = { target = \"identity\", from = 2022 }\n";
    let folder = folder(&[("past.csv", &csv), ("plan.toml", &plan), ("over.toml", over)]);
    let path = folder.path().join("over.toml");

    // A block of all is no block; the fault stands in the file that says so.
    let faults = refused(Scenario::load(&path));
    assert_eq!(places(&faults), [("correlation.shrunk.target", 5, 1)]);

    let equal = Scenario::load_variant(&path, "equal").expect("it loads");
    let [notice] = equal.notices() else { panic!("one notice") };
    assert!(
        notice.starts_with("correlation: estimated from 6 common years of gdp, retail, jobs"),
        "{notice}"
    );
    let late = Scenario::load_variant(&path, "late").expect("it loads");
    let [notice] = late.notices() else { panic!("one notice") };
    assert!(notice.contains("from 4 common years") && notice.contains("towards no correlation"), "{notice}");
    let off_diagonal = |scenario: &Scenario| match scenario.correlation() {
        plancast::scenario::Correlated::Matrix { rows, .. } => rows[0][1],
        other => panic!("a matrix, not {other:?}"),
    };
    assert!(off_diagonal(&equal) > 0.5 && off_diagonal(&late) > 0.0);

    // What is written is estimated again to the same bits.
    let text = late.draft().to_toml().expect("it can be written");
    assert!(text.contains("[correlation.shrunk]") || text.contains("shrunk = {"), "{text}");
    let written = folder.path().join("written.toml");
    fs::write(&written, text).expect("a file");
    assert_eq!(off_diagonal(&Scenario::load(&written).expect("it loads")), off_diagonal(&late));
}
