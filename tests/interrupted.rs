//! Does a run that is stopped, or killed, leave what was done, and go on from there to the same bits?

mod common;

use common::refused;
use plancast::error::Error;
use plancast::outcome::Ending;
use plancast::prelude::*;
use plancast::simulate::{KeepPaths, TASK};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

const PATHS: u64 = 6 * TASK + 777;

const PLAN: &str = include_str!("same_bits/plan.toml");

fn scenario() -> Scenario {
    Scenario::from_toml(PLAN).unwrap_or_else(|e| panic!("{e}"))
}

fn run(scenario: &Scenario) -> Simulation<'_> {
    Simulation::new(scenario).paths(PATHS).seed(15)
}

/// Everything of an outcome but why it ended: its text has every number with all its digits, histograms included.
fn digest(outcome: &Outcome) -> Vec<u8> {
    let mut outcome = outcome.clone();
    outcome.ending = Ending::Complete;
    Sha256::digest(format!("{outcome:?}")).to_vec()
}

/// Stops a run of very many paths once it reports so many.
fn stopped(scenario: &Scenario, threads: usize, at: u64) -> Outcome {
    let stopper = Stopper::new();
    let asked = stopper.clone();
    Simulation::new(scenario)
        .paths(1 << 44)
        .seed(15)
        .threads(threads)
        .stop_on(&stopper)
        .on_progress(move |progress| {
            if progress.done >= at {
                asked.stop();
            }
        })
        .run()
        .unwrap()
}

#[test]
fn a_stopped_run_is_a_run_of_the_paths_that_were_done() {
    let plan = scenario();
    for (threads, at) in [(1, 1), (1, 3 * TASK), (2, 5 * TASK), (3, 20 * TASK)] {
        let early = stopped(&plan, threads, at);
        assert!(early.paths >= at.max(TASK) && early.paths.is_multiple_of(TASK), "{}", early.paths);
        // Every thread finishes what it has begun, and begins nothing more.
        assert!(early.paths <= at.next_multiple_of(TASK) + threads as u64 * TASK, "{}", early.paths);
        assert_eq!(early.ending, Ending::Interrupted { asked: 1 << 44 });
        let whole = Simulation::new(&plan).paths(early.paths).seed(15).run().unwrap();
        assert_eq!(whole.ending, Ending::Complete);
        assert!(digest(&early) == digest(&whole), "{threads} threads, {} paths", early.paths);
    }
}

#[test]
fn an_observer_has_the_paths_that_count() {
    let plan = scenario();
    let stopper = Stopper::new();
    let asked = stopper.clone();
    let simulation = run(&plan).paths(1 << 44).stop_on(&stopper).on_progress(move |_| asked.stop());
    let (early, kept) = simulation.run_with(&KeepPaths::all(&plan)).unwrap();
    let (_, whole) = run(&plan).paths(early.paths).run_with(&KeepPaths::all(&plan)).unwrap();
    assert!(kept == whole && kept.len() as u64 == early.paths);
}

#[test]
fn a_stop_says_so_wherever_the_result_is_shown() {
    let plan = scenario();
    let early = stopped(&plan, 2, 2 * TASK);
    let card = Scorecard::new(&early).to_string();
    assert!(card.contains("stopped early, 17,592,186,044,416 paths were asked for"), "{card}");
    let card = Scorecard::new(&early).language(Language::Zh).to_string();
    assert!(card.contains("提前停止，原定 17,592,186,044,416 条路径"), "{card}");
    let json: serde_json::Value = serde_json::from_str(&plancast::export::result_json(&early)).unwrap();
    assert_eq!(json["ending"], serde_json::json!({ "interrupted": { "asked": 1_u64 << 44 } }));
    let whole = run(&plan).run().unwrap();
    assert!(!Scorecard::new(&whole).to_string().contains("stopped"));
    let json: serde_json::Value = serde_json::from_str(&plancast::export::result_json(&whole)).unwrap();
    assert_eq!(json["ending"], "complete");
}

#[test]
fn stopped_before_anything_is_done_is_an_error_that_says_so() {
    let plan = scenario();
    let stopper = Stopper::new();
    stopper.stop();
    for fault in [
        refused(run(&plan).stop_on(&stopper).run()),
        refused(run(&plan).stop_on(&stopper).shard(0..TASK).map(|_| ())),
    ] {
        assert_eq!(fault.problem, "it was asked to stop before there was anything to show");
        assert!(fault.remedy.is_some_and(|remedy| remedy.contains("16384 paths are the least that counts")));
    }
}

#[test]
fn a_stopped_shard_ends_earlier() {
    let plan = scenario();
    let stopper = Stopper::new();
    let asked = stopper.clone();
    let end = 1 << 40;
    let simulation = run(&plan).paths(end).threads(1).stop_on(&stopper).on_progress(move |_| asked.stop());
    let shard = simulation.shard(2 * TASK..end).unwrap();
    assert_eq!(shard.paths(), 2 * TASK..3 * TASK);
    let mut first = vec![run(&plan).shard(0..2 * TASK).unwrap(), shard];
    first.rotate_left(1);
    let merged = run(&plan).paths(3 * TASK).finish(Shard::merge(first).unwrap()).unwrap();
    assert!(digest(&merged) == digest(&run(&plan).paths(3 * TASK).run().unwrap()));
}

#[test]
fn a_checkpoint_goes_on_to_the_same_bits() {
    let (plan, folder) = (scenario(), tempfile::tempdir().unwrap());
    let file = folder.path().join("run.checkpoint");
    let whole = digest(&run(&plan).run().unwrap());
    let paths = |file: &Path| Shard::load(file).unwrap().paths();
    // Stopped again and again, and once with another number of threads.
    for (tasks, threads) in [(1, 1), (2, 2), (4, 1)] {
        let stopper = Stopper::new();
        let asked = stopper.clone();
        let simulation = run(&plan).threads(threads).stop_on(&stopper);
        let early = simulation
            .checkpoint(&file, Duration::from_secs(3600))
            .on_progress(move |progress| {
                if progress.done >= tasks * TASK {
                    asked.stop()
                }
            })
            .run()
            .unwrap();
        assert_eq!(early.ending, Ending::Interrupted { asked: PATHS });
        assert_eq!(paths(&file), 0..early.paths);
    }
    // Writing after every stretch changes nothing.
    let outcome = run(&plan).checkpoint(&file, Duration::ZERO).run().unwrap();
    assert!(outcome.ending == Ending::Complete && digest(&outcome) == whole);
    // What is kept ends at a whole task; a run with more paths goes on from it, and one with as many is there at once.
    assert_eq!(paths(&file), 0..6 * TASK);
    let again = run(&plan).checkpoint(&file, Duration::ZERO).run().unwrap();
    assert!(digest(&again) == whole);
    let more = run(&plan).paths(8 * TASK).checkpoint(&file, Duration::from_secs(60)).run().unwrap();
    assert!(digest(&more) == digest(&run(&plan).paths(8 * TASK).run().unwrap()));
    assert_eq!(paths(&file), 0..8 * TASK);
    // A shard has its own.
    let part = folder.path().join("part.checkpoint");
    let shard = run(&plan).checkpoint(&part, Duration::ZERO).shard(2 * TASK..PATHS).unwrap();
    assert_eq!((shard.paths(), paths(&part)), (2 * TASK..PATHS, 2 * TASK..6 * TASK));
    assert!(run(&plan).checkpoint(&part, Duration::ZERO).shard(2 * TASK..PATHS).unwrap() == shard);
}

#[test]
fn progress_counts_what_a_checkpoint_holds() {
    let (plan, folder) = (scenario(), tempfile::tempdir().unwrap());
    let file = folder.path().join("run.checkpoint");
    run(&plan).paths(2 * TASK).checkpoint(&file, Duration::ZERO).run().unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let watched = run(&plan).threads(1).checkpoint(&file, Duration::ZERO);
    watched.on_progress(|progress| seen.lock().unwrap().push((progress.done, progress.total))).run().unwrap();
    let expected: Vec<_> = (3..=6).map(|k| (k * TASK, PATHS)).chain([(PATHS, PATHS)]).collect();
    assert_eq!(seen.into_inner().unwrap(), expected);
}

#[test]
fn a_checkpoint_of_anything_else_is_refused_and_left_as_it_is() {
    let (plan, folder) = (scenario(), tempfile::tempdir().unwrap());
    let file = folder.path().join("run.checkpoint");
    run(&plan).checkpoint(&file, Duration::ZERO).run().unwrap();
    let kept = fs::read(&file).unwrap();
    let problem = |result: Result<Outcome>| {
        let fault = refused(result);
        assert!(fault.remedy.is_some(), "{fault}");
        fault.problem
    };
    let with = |run: Simulation<'_>| problem(run.checkpoint(&file, Duration::ZERO).run());
    assert!(
        with(run(&plan).seed(16))
            .ends_with("run.checkpoint is of another run: the seed is 15, here it is 16")
    );
    let other = Scenario::from_toml(&PLAN.replace("probability = 0.3", "probability = 0.300001")).unwrap();
    assert!(with(run(&other)).ends_with("is of another run: the scenario or its variant is another one"));
    let fewer = with(run(&plan).paths(TASK));
    assert!(fewer.ends_with("holds paths 0..98,304, which are not the first of paths 0..16,384"), "{fewer}");
    assert_eq!(fs::read(&file).unwrap(), kept);
    let part = refused(run(&plan).checkpoint(&file, Duration::ZERO).shard(TASK..PATHS).map(|_| ()));
    assert!(part.problem.contains("which are not the first of paths 16,384..99,081"), "{part}");
    let observer = refused(run(&plan).checkpoint(&file, Duration::ZERO).run_with(&KeepPaths::all(&plan)));
    assert_eq!(observer.problem, "a checkpoint does not keep what an observer gathers");
    for spoilt in [&kept[..kept.len() / 2], b"", b"my thesis"] {
        fs::write(&file, spoilt).unwrap();
        with(run(&plan));
        assert_eq!(fs::read(&file).unwrap(), spoilt);
    }
    let nowhere = folder.path().join("none").join("run.checkpoint");
    let failed = run(&plan).checkpoint(nowhere, Duration::ZERO).run();
    assert!(matches!(failed, Err(Error::Write { .. })), "{failed:?}");
}

/// In a child process: a run without end that writes its checkpoint all the time; see
/// [`killed_at_any_moment_no_file_is_broken`].
#[test]
fn child() {
    if let Some(file) = std::env::var_os("PLANCAST_TEST_CHECKPOINT") {
        let plan = scenario();
        run(&plan).paths(1 << 44).checkpoint(Path::new(&file), Duration::ZERO).run().unwrap();
    }
}

fn start(file: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env("PLANCAST_TEST_CHECKPOINT", file)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_at_any_moment_no_file_is_broken() {
    let (plan, folder) = (scenario(), tempfile::tempdir().unwrap());
    let file = folder.path().join("run.checkpoint");
    let mut before = 0;
    for round in 0..12 {
        let mut child = start(&file);
        // Later than its first writing, by ever another part of a writing.
        let mut written = false;
        for _ in 0..3000 {
            std::thread::sleep(Duration::from_millis(10));
            written = Shard::load(&file).is_ok_and(|shard| shard.paths().end > before);
            if written {
                break;
            }
        }
        assert!(written, "nothing was written in 30 s");
        std::thread::sleep(Duration::from_micros(700 * round));
        // On Unix this is kill -9.
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = Shard::load(&file).unwrap();
        assert!(kept.paths().end > before, "round {round}");
        before = kept.paths().end;
    }
    let whole = run(&plan).paths(before).run().unwrap();
    let resumed = run(&plan).paths(before).checkpoint(&file, Duration::ZERO).run().unwrap();
    assert!(digest(&resumed) == digest(&whole));
    let end = Shard::load(&file).unwrap().paths().end;
    let longer = run(&plan).paths(end + TASK).checkpoint(&file, Duration::ZERO).run().unwrap();
    assert!(digest(&longer) == digest(&run(&plan).paths(end + TASK).run().unwrap()));
}
