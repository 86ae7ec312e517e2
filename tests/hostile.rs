//! Whatever a file holds, reading it ends with a scenario or with faults that have a place; never with a panic, a hang or
//! a message longer than a screen.

use plancast::error::{Error, Faults};
use plancast::scenario::Scenario;
use std::fmt::Write;

/// A complete plan, with Chinese text in it.
fn china() -> String {
    let text = include_str!("../scenarios/china-14th.toml");
    // The text stands alone, so its history is looked for from here.
    let text = text.replace("\"china-history.csv", "\"scenarios/china-history.csv");
    assert!(read(&text).is_none(), "the plan itself is sound");
    text
}

/// Reads a text; its faults where it has some.
fn read(text: &str) -> Option<Faults> {
    match Scenario::from_toml(text) {
        Ok(_) => None,
        Err(Error::Scenario(faults)) => {
            assert!(!faults.is_empty(), "refused without a fault");
            assert!(faults.iter().all(|fault| !fault.problem.is_empty()), "{faults}");
            Some(faults)
        }
        Err(other) => panic!("another error: {other}"),
    }
}

/// Every seventh byte, and all of the first table, where most is still to come.
#[test]
fn a_file_cut_anywhere_is_a_scenario_or_refused() {
    let china = china();
    let (mut refused, mut lines) = (0, 0);
    let cuts = (0..china.len()).filter(|at| at % 7 == 0).chain(china.len() - 200..china.len());
    for at in cuts.filter(|at| china.is_char_boundary(*at)) {
        if let Some(faults) = read(&china[..at]) {
            refused += 1;
            lines += faults.iter().filter(|fault| fault.place.is_some()).count();
        }
    }
    assert!(refused > china.len() / 20 && lines >= refused, "{refused} refused, {lines} places");
}

/// A multiplicative congruential generator (Park and Miller 1988): the same changes in every run.
fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state * 48_271 % 2_147_483_647;
        (state as usize * 7_919) % below
    }
}

#[test]
fn flipped_bytes_give_a_scenario_or_faults() {
    let china = china();
    let mut number = numbers(15);
    let (mut refused, mut read_well) = (0, 0);
    for _ in 0..1500 {
        let mut bytes = china.as_bytes().to_vec();
        for _ in 0..=number(3) {
            let at = number(bytes.len());
            bytes[at] ^= 1 << number(8);
        }
        // As a person's editor would show it; files that are not UTF-8 are among the rejected ones.
        match read(&String::from_utf8_lossy(&bytes)) {
            Some(_) => refused += 1,
            None => read_well += 1,
        }
    }
    assert!(refused > 100 && read_well > 100, "{refused} refused, {read_well} read");
}

#[test]
fn lines_left_out_or_swapped_give_a_scenario_or_faults() {
    let china = china();
    let lines: Vec<&str> = china.lines().collect();
    let mut number = numbers(7);
    let mut refused = 0;
    for at in 0..lines.len() {
        let mut changed = lines.clone();
        changed.remove(at);
        refused += u32::from(read(&changed.join("\n")).is_some());
        let mut changed = lines.clone();
        changed.swap(at, number(lines.len()));
        refused += u32::from(read(&changed.join("\n")).is_some());
    }
    assert!(refused > 20, "{refused} refused");
}

/// Nothing printed is wider than this, whatever is in the file.
const WIDEST: usize = 2000;

#[track_caller]
fn refused_briefly(text: &str) -> String {
    let faults = read(text).expect("it is refused");
    let message = faults.to_string();
    assert!(message.len() < 300_000, "{} bytes of message", message.len());
    let widest = message.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    assert!(
        widest < WIDEST,
        "a line of {widest} characters: {}",
        message.chars().take(400).collect::<String>()
    );
    message
}

const START: &str =
    "plancast = 1\ncorrelation = \"independent\"\n[plan]\nname = \"n\"\nbase_year = 2025\nlast_year = 2030\n";

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{ a = ", " }")] {
        let deep = format!("{START}about = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        refused_briefly(&deep);
        refused_briefly(&format!("{START}about = {}", open.repeat(100_000)));
        let within = format!("{START}about = {}1{}\n", open.repeat(70), close.repeat(70));
        refused_briefly(&within);
    }
    refused_briefly(&format!("{START}[{}a]\n", "a.".repeat(100_000)));
    refused_briefly(&format!("{START}{}a = 1\n", "a.".repeat(100_000)));
    let formula = |text: String| {
        format!(
            "{START}[indicator.x]\nname = \"x\"\nunit = \"1\"\nbaseline = 1.0\nprocess.random_walk.drift = 0.0\n\
             [indicator.y]\nname = \"y\"\nunit = \"1\"\nformula = \"{text}\"\n[target.t]\nindicator = \"y\"\nat_least = 1.0\n"
        )
    };
    refused_briefly(&formula(format!("{}x{}", "(".repeat(100_000), ")".repeat(100_000))));
    refused_briefly(&formula(format!("{}x", "-".repeat(100_000))));
    refused_briefly(&formula("x + ".repeat(100_000)));
    refused_briefly(&formula(format!("{}1", "x ^ ".repeat(100_000))));
}

#[test]
fn large_files_are_refused() {
    let long = format!("{START}# {}\n", "a".repeat(10 << 20));
    assert!(refused_briefly(&long).contains("8 MiB"));
    let mut many = String::from(START);
    for i in 0..100_000 {
        let _ = write!(many, "[indicator.i{i}]\nname = \"n\"\n");
    }
    let message = refused_briefly(&many);
    assert!(message.contains("50000 entries"), "{}", message.chars().take(400).collect::<String>());
}

#[test]
fn long_lines_are_shown_in_part() {
    let long = "长".repeat(100_000);
    refused_briefly(&format!("{START}colour = \"{long}\"\n"));
    refused_briefly(&format!("{START}about = \"{long}\", colour = 1\n"));
    refused_briefly(&format!("{START}{} = 1\n", "a".repeat(100_000)));
    refused_briefly(&format!("{START}last_year = \"{long}\"\n"));
    refused_briefly(&format!("{START}[indicator.x]\nname = \"x\"\nunit = \"1\"\nformula = \"{long}\"\n"));
    refused_briefly(&format!(
        "{START}[indicator.x]\nname = \"x\"\nunit = \"1\"\nformula = \"{}\"\n",
        "y".repeat(100_000)
    ));
    refused_briefly(&format!("{START}[target.t]\nindicator = \"{long}\"\nat_least = 1.0\n"));
    refused_briefly(&format!("{START}[target.\"{long}\"]\nindicator = \"x\"\nat_least = 1.0\n"));
    let names: String = (0..20_000).map(|i| format!("\"t{i}\", ")).collect();
    refused_briefly(&format!("{START}[target.t]\nall = [{names}]\n"));
}

/// As many faults as anybody would want to read.
#[test]
fn not_every_fault_of_a_hopeless_file_is_told() {
    let mut many = String::from(START);
    for i in 0..2000 {
        let _ = write!(
            many,
            "[indicator.i{i}]\nname = \"n\"\nunit = \"1\"\nbaseline = -1.0\nprocess.random_walk.drift = 9.0\n"
        );
    }
    let faults = read(&many).expect("it is refused");
    assert!((100..300).contains(&faults.len()), "{} faults", faults.len());
    assert!(faults.to_string().contains("more faults are not shown"));
}
