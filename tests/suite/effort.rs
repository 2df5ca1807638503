//! How many cases a property test tries: few in every run, many where somebody has the time.
//!
//! Every run tries the same cases, so that a failure is nobody's bad luck; a longer one tries others each
//! time. `ORCHESTRATE_TEST_FACTOR=50 cargo test --test suite properties` tries fifty times as many.

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The variable that multiplies the number of cases.
const FACTOR: &str = "ORCHESTRATE_TEST_FACTOR";

/// A runner of this many cases, times the factor of the environment.
///
/// A failure is shrunk a little only, because a case may start many programs, and is not kept in a
/// file: whoever meets one writes a test of it.
pub fn runner(count: u32) -> TestRunner {
    let cases = count.saturating_mul(factor());
    let config = Config { max_shrink_iters: 200, failure_persistence: None, ..Config::with_cases(cases) };
    match factor() {
        1 => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
        _ => TestRunner::new(config),
    }
}

/// How many times more than usual is tried; 1 unless the environment says otherwise.
pub fn factor() -> u32 {
    std::env::var(FACTOR).ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}
