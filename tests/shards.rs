//! Are shards, merged in any order, the whole run to the last bit, and is everything else refused?

mod common;

use common::refused;
use plancast::error::Error;
use plancast::prelude::*;
use plancast::simulate::TASK;
use sha2::{Digest, Sha256};
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

/// Nine tasks, the last one incomplete and no multiple of a block.
const PATHS: u64 = 8 * TASK + 1234;

const PLAN: &str = include_str!("same_bits/plan.toml");

fn scenario() -> Scenario {
    Scenario::from_toml(PLAN).unwrap_or_else(|e| panic!("{e}"))
}

fn run(scenario: &Scenario) -> Simulation<'_> {
    Simulation::new(scenario).paths(PATHS).seed(15)
}

/// Everything of an outcome: its text has every number with all its digits, histograms included.
fn digest(outcome: &Outcome) -> Vec<u8> {
    Sha256::digest(format!("{outcome:?}")).to_vec()
}

fn shards(scenario: &Scenario, cuts: &[u64]) -> Vec<Shard> {
    let ends: Vec<u64> = [0].iter().chain(cuts).map(|task| (task * TASK).min(PATHS)).chain([PATHS]).collect();
    ends.windows(2).map(|ends| run(scenario).shard(ends[0]..ends[1]).unwrap()).collect()
}

/// A folder that is taken away again.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn any_split_in_any_order_has_the_bits_of_the_whole() {
    let plan = scenario();
    let whole = digest(&run(&plan).run().unwrap());
    // Cuts in tasks: halves, thirds of odd length, every task alone.
    for cuts in [&[][..], &[4], &[1], &[8], &[3, 6], &[1, 2, 7], &[1, 2, 3, 4, 5, 6, 7, 8]] {
        let shards = shards(&plan, cuts);
        let backwards: Vec<Shard> = shards.iter().rev().cloned().collect();
        // First the odd ones with their neighbours, then those with each other.
        let pairs: Vec<Shard> = shards.chunks(2).map(|pair| Shard::merge(pair.to_vec()).unwrap()).collect();
        for shards in [shards, backwards, pairs] {
            let merged = Shard::merge(shards).unwrap();
            assert_eq!(merged.paths(), 0..PATHS);
            assert!(digest(&run(&plan).finish(merged).unwrap()) == whole, "{cuts:?}");
        }
    }
}

#[test]
fn shards_do_not_depend_on_threads_and_files_keep_every_bit() {
    let (plan, folder) = (scenario(), folder());
    let whole = digest(&run(&plan).run().unwrap());
    let ranges = run(&plan).split(4);
    let load = |(k, range): (usize, &Range<u64>)| {
        let shard = run(&plan).threads(k + 1).shard(range.clone()).unwrap();
        let file = folder.path().join(format!("{k}.shard"));
        shard.save(&file).unwrap();
        let read = Shard::load(&file).unwrap();
        assert!(read == shard, "{k}");
        read
    };
    let merged = Shard::merge(ranges.iter().enumerate().map(load)).unwrap();
    assert!(digest(&run(&plan).finish(merged).unwrap()) == whole);
}

#[test]
fn a_run_is_split_into_ranges_that_meet() {
    let plan = scenario();
    for (paths, shards) in [(1, 5), (TASK, 2), (PATHS, 3), (PATHS, 9), (PATHS, 1000), (1 << 48, 1_000)] {
        let ranges = Simulation::new(&plan).paths(paths).split(shards);
        assert_eq!(ranges.len() as u64, shards.min(paths.div_ceil(TASK)));
        assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, paths));
        assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert!(ranges.iter().all(|range| range.start < range.end && range.start % TASK == 0));
        let lengths = ranges.iter().map(|range| (range.end - range.start).div_ceil(TASK));
        assert!(lengths.clone().max().unwrap() - lengths.min().unwrap() <= 1);
    }
    assert_eq!(Simulation::new(&plan).split(0).len(), 1);
}

/// The last paths that there can be: nothing overflows.
#[test]
fn the_last_of_all_possible_paths() {
    let plan = scenario();
    let all = Simulation::new(&plan).paths(Simulation::MAX_PATHS).seed(15);
    let end = Simulation::MAX_PATHS;
    let shard = all.shard(end - 2 * TASK..end).unwrap();
    assert_eq!(shard.paths(), end - 2 * TASK..end);
}

#[test]
fn ranges_that_are_none_are_refused() {
    let plan = scenario();
    let shard = |range: Range<u64>| refused(run(&plan).shard(range));
    for (range, words) in [
        (0..0, "paths 0..0 were asked for of a run of 132306"),
        (TASK..TASK, "they have to be some of its paths"),
        (0..PATHS + 1, "they have to be some of its paths"),
        (1..TASK, "both ends have to be multiples of 16384, or the end of the run"),
        (0..TASK + 1, "both ends have to be multiples of 16384, or the end of the run"),
    ] {
        let fault = shard(range);
        assert_eq!(fault.path, "shard");
        assert!(fault.problem.contains(words) && fault.remedy.is_some(), "{fault}");
    }
    #[allow(clippy::reversed_empty_ranges, reason = "what a caller may get wrong")]
    let backwards = shard(2 * TASK..TASK);
    assert!(backwards.problem.contains("they have to be some of its paths"), "{backwards}");
}

#[test]
fn shards_that_do_not_belong_together_are_refused() {
    let plan = scenario();
    let [first, second, third] = &shards(&plan, &[2, 5])[..] else { panic!("three shards") };
    let problem = |shards: &[&Shard]| {
        let fault = refused(Shard::merge(shards.iter().map(|shard| (*shard).clone())));
        assert!(fault.path == "shard" && fault.remedy.is_some(), "{fault}");
        fault.problem
    };
    assert_eq!(problem(&[]), "there is no shard to merge");
    assert_eq!(
        problem(&[third, first]),
        "between the shards of paths 0..32,768 and paths 81,920..132,306 paths 32,768..81,920 are missing"
    );
    assert_eq!(
        problem(&[second, first, second]),
        "the shards of paths 32,768..81,920 and paths 32,768..81,920 overlap: each path counts once"
            .replace("the shards of paths 32,768..81,920 and", "the shards of paths 0..81,920 and")
    );
    let other_seed = run(&plan).seed(16).shard(2 * TASK..5 * TASK).unwrap();
    assert!(problem(&[first, &other_seed]).contains("of the second the seed is 16, here it is 15"));
    let other_plan =
        Scenario::from_toml(&PLAN.replace("probability = 0.3", "probability = 0.300001")).unwrap();
    let other = run(&other_plan).shard(2 * TASK..5 * TASK).unwrap();
    assert!(problem(&[first, &other]).contains("of the second the scenario or its variant is another one"));
    // A run of fewer paths ends inside a task: nothing can follow it.
    let short = Simulation::new(&plan).paths(TASK + 5).seed(15).shard(0..TASK + 5).unwrap();
    let fault = problem(&[&short, &run(&plan).shard(2 * TASK..3 * TASK).unwrap()]);
    assert!(fault.contains("paths 16,389..32,768 are missing"), "{fault}");
}

#[test]
fn an_outcome_needs_all_paths_of_its_run() {
    let plan = scenario();
    let shards = shards(&plan, &[2]);
    let fault = refused(run(&plan).finish(shards[1].clone()));
    let words = "the shard holds paths 32,768..132,306 of the paths 0..132,306 that were asked for";
    assert_eq!(fault.problem, words);
    assert!(refused(run(&plan).finish(shards[0].clone())).problem.contains("paths 0..32,768 of the"));
    let whole = Shard::merge(shards).unwrap();
    let fault = refused(run(&plan).seed(7).finish(whole.clone()));
    assert_eq!(fault.problem, "the shard is of another run: the seed is 15, here it is 7");
    // Asked for as many as it has, a part is a run of its own.
    let part = run(&plan).shard(0..2 * TASK).unwrap();
    let run = run(&plan).paths(2 * TASK);
    assert!(digest(&run.finish(part).unwrap()) == digest(&run.run().unwrap()));
}

/// A file of a shard, to be spoilt.
fn written() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let folder = folder();
    let file = folder.path().join("a.shard");
    run(&scenario()).shard(0..TASK).unwrap().save(&file).unwrap();
    let bytes = fs::read(&file).unwrap();
    (folder, file, bytes)
}

/// Puts the right checksum under spoilt bytes: somebody who means harm.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - 32);
    let length = bytes.len() as u64 - 28;
    bytes[20..28].copy_from_slice(&length.to_le_bytes());
    let checksum = Sha256::digest(&bytes);
    bytes.extend(&checksum[..]);
    bytes
}

#[test]
fn spoilt_files_are_refused_with_what_is_wrong() {
    let (_folder, file, bytes) = written();
    let problem = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let fault = refused(Shard::load(&file));
        assert!(fault.path.ends_with("a.shard") && fault.remedy.is_some(), "{fault}");
        fault.problem
    };
    let whole = bytes.len();
    assert_eq!(problem(b"number,target\n1,GDP\n"), "this is no file of a shard or checkpoint");
    assert_eq!(problem(b""), "this is no file of a shard or checkpoint");
    let cut = format!("the file is cut off: {} of its {whole} bytes are there", whole - 1);
    assert_eq!(problem(&bytes[..whole - 1]), cut);
    assert!(problem(&bytes[..20]).starts_with("the file is cut off: 20 of its"));
    assert!(problem(&[&bytes[..], b"\n"].concat()).starts_with("the file is longer than it says"));
    let flipped = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    assert_eq!(problem(&flipped(whole / 2)), "the file is damaged: its checksum does not fit its content");
    assert_eq!(problem(&flipped(16)), "the format is number 0; this version of plancast reads number 1");
    // The version stands first in the content, after its length: 0.1.0 becomes 0.1.1.
    let at = 28 + 1 + env!("CARGO_PKG_VERSION").len() - 1;
    assert_eq!(bytes[29..=at], *env!("CARGO_PKG_VERSION").as_bytes());
    assert!(problem(&sealed(flipped(at))).contains("was written by plancast 0.1.1"));
    assert!(matches!(Shard::load(file.with_extension("none")), Err(Error::Read { .. })));
    assert!(matches!(Shard::load(file.parent().unwrap()), Err(Error::Read { .. })));
}

/// Bytes of somebody who means harm, with the right checksum: an error or a shard, never a panic.
#[test]
fn hostile_content_is_an_error_at_most() {
    let (_folder, file, bytes) = written();
    let plan = scenario();
    let (mut refused, mut taken) = (0, 0);
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    for round in 0..1500 {
        let mut bytes = bytes.clone();
        // Half of them in the head, where the lengths and ranges stand.
        let most = if round % 2 == 0 { 400 } else { bytes.len() - 60 };
        for _ in 0..=random(3) {
            let at = 28 + random(most);
            bytes[at] = [0, 1, 0x7F, 0x80, 0xFF, random(256) as u8][random(6)];
        }
        if round % 5 == 0 {
            bytes.truncate(60 + random(most));
        }
        fs::write(&file, sealed(bytes)).unwrap();
        match Shard::load(&file) {
            Err(_) => refused += 1,
            Ok(shard) => {
                taken += 1;
                let last = run(&plan).paths(2 * TASK).shard(TASK..2 * TASK).unwrap();
                let merged = Shard::merge([shard.clone(), last]);
                if let Ok(merged) = merged {
                    let _or_refused = run(&plan).paths(2 * TASK).finish(merged);
                }
            }
        }
        // One is enough of those that only differ in a count or in a digit of a sum.
        if taken > 40 {
            break;
        }
    }
    assert!(refused > 20, "{refused} refused, {taken} taken");
}
