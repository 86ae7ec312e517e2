//! What does an answer beyond the probability cost? Each analysis on the Kunshan plan, beside the plain run of as many paths.
//!
//! `cargo bench --bench analyses -- --table` prints what each takes, in plain runs: medians [quartiles] of repetitions in turn. A plain run has
//! a fixed part (the second layer, some 165 000 paths), which an analysis has not; so the ratio is that of waiting for the one and
//! for the other, not of work a path. Without `--table` criterion measures the same.

mod clock;

use clock::{Middle, middle};
use criterion::{BenchmarkId, Criterion, criterion_group};
use plancast::analyse::{
    Budget, Comparison, Conditional, Discovery, Frontier, Goal, Morris, Objective, RareSuccess, Required,
    Review, Sensitivity, Shapley, Tornado, View,
};
use plancast::label::Label;
use plancast::prelude::*;
use plancast::scenario::{Actuals, Handle};
use std::hint::black_box;

/// Paths of every analysis: the least that those of sensitivity take.
const PATHS: u64 = 16_384;

/// Repetitions in turn.
const TURNS: usize = 5;

/// The plan with what the analyses need.
struct Case {
    plan: Scenario,
    variant: Scenario,
    actuals: Actuals,
}

/// What is asked, and the call. Each asserts something of its answer.
type Asked = (&'static str, fn(&Case));

const ANALYSES: [Asked; 14] = [
    ("plain run", plain),
    ("compare, one variant", compare),
    ("required, one target", required),
    ("frontier, two targets", frontier),
    ("review, first actuals", review),
    ("condition, two years of growth", condition),
    ("condition, a median", view),
    ("sensitivity, binding targets", sensitivity),
    ("Shapley effects", shapley),
    ("Morris screening", morris),
    ("tornado", tornado),
    ("discovery, one target", discovery),
    ("rare success, binding targets", rare),
    ("budget, binding targets", budget),
];

fn simulation(scenario: &Scenario) -> Simulation<'_> {
    Simulation::new(scenario).paths(PATHS).seed(2030)
}

fn plain(case: &Case) {
    let outcome = simulation(&case.plan).run().expect("the plan runs");
    assert_eq!(outcome.joint.number_met.iter().sum::<u64>(), PATHS);
    black_box(outcome);
}

fn compare(case: &Case) {
    let simulation = simulation(&case.plan);
    let compared = Comparison::new(&simulation).variant(Label::new("variant"), &case.variant).run();
    assert!(compared.expect("the variant runs").rows.len() > case.plan.targets().len());
}

fn required(case: &Case) {
    let simulation = simulation(&case.plan);
    let asked = Required::new(&simulation, Goal::target("pm25")).by(Handle::drift("pm25")).within(0.0, -0.1);
    assert_eq!(asked.run().expect("the question is sound").needs[0].answers.len(), 3);
}

fn frontier(case: &Case) {
    let simulation = simulation(&case.plan);
    let asked = Frontier::new(&simulation, Goal::together(["pm25", "licensed_doctors_per_1000"]))
        .first(Handle::drift("pm25"), (0.0, -0.2))
        .second(Handle::drift("licensed_doctors_per_1000"), (0.0, 0.2));
    black_box(asked.probability(0.8).run().expect("the question is sound"));
}

fn review(case: &Case) {
    let simulation = simulation(&case.plan);
    let review = Review::new(&simulation, &case.actuals).run().expect("the actuals fit");
    assert!(!review.rows.is_empty());
}

fn condition(case: &Case) {
    let simulation = simulation(&case.plan);
    let given = Conditional::new(&simulation).growth("gdp", [(2026, 0.03), (2027, 0.03)]).run();
    black_box(given.expect("the condition is possible"));
}

fn view(case: &Case) {
    let simulation = simulation(&case.plan);
    let given = Conditional::new(&simulation).view(View::median(("pm25", 2030), 23.0)).run();
    black_box(given.expect("the view is possible"));
}

fn sensitivity(case: &Case) {
    let found = Sensitivity::new(&simulation(&case.plan), Goal::Binding).run().expect("the goal is met");
    assert!(found.removable().estimate < 1.0);
}

fn shapley(case: &Case) {
    let found = Shapley::new(&simulation(&case.plan), Goal::Binding).run().expect("the goal is met");
    let sum: f64 = found.inputs.iter().map(|(_, effect)| effect.estimate).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
}

fn morris(case: &Case) {
    assert!(
        !Morris::new(&simulation(&case.plan), Goal::Binding)
            .run()
            .expect("the goal is met")
            .inputs
            .is_empty()
    );
}

fn tornado(case: &Case) {
    assert!(
        !Tornado::new(&simulation(&case.plan), Goal::Binding).run().expect("the goal is met").bars.is_empty()
    );
}

fn discovery(case: &Case) {
    let found =
        Discovery::new(&simulation(&case.plan), Goal::target("rd_share")).run().expect("the goal is met");
    assert!(found.boxes.len() > 1);
}

fn rare(case: &Case) {
    black_box(RareSuccess::new(&simulation(&case.plan), Goal::Binding).run().expect("it is met at times"));
}

fn budget(case: &Case) {
    let simulation = simulation(&case.plan);
    let best =
        Budget::new(&simulation, 10.0).objective(Objective::Probability(Goal::Binding)).fresh(PATHS).run();
    black_box(best.expect("the plan has levers"));
}

fn case() -> Case {
    let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let plan = Scenario::load(format!("{scenarios}/kunshan-2030.toml")).expect("the scenario loads");
    let id = plan.variants().keys().next().expect("it has variants").clone();
    let variant = plan.with_variant(&id).expect("the variant is valid");
    let actuals =
        Actuals::read(format!("{scenarios}/kunshan-actuals-illustrative.csv")).expect("they are there");
    Case { plan, variant, actuals }
}

fn analyses(criterion: &mut Criterion) {
    let case = case();
    let mut group = criterion.benchmark_group("analyses");
    group.sample_size(10);
    for (name, ask) in ANALYSES {
        group.bench_function(BenchmarkId::new(name, "plancast"), |b| b.iter(|| ask(&case)));
    }
    group.finish();
}

fn table() {
    let case = case();
    println!("{PATHS} paths of the Kunshan plan, one thread; medians [quartiles] of {TURNS} turns");
    println!("{:<36}{:>12}  in plain runs", "analyses/", "ms");
    for (name, ask) in ANALYSES {
        let turns: Vec<[f64; 2]> =
            (0..TURNS).map(|_| [plain, ask].map(|ask| clock::timed(|| ask(&case)).0.work())).collect();
        let Middle { low, median, high } = middle(turns.iter().map(|[plain, asked]| asked / plain));
        let took = middle(turns.iter().map(|[_, asked]| asked / 1e6)).median;
        println!("{name:<36}{took:>12.0}  {median:.1} [{low:.1}, {high:.1}]");
    }
}

criterion_group!(benches, analyses);

fn main() {
    clock::table_or(benches, table);
}
