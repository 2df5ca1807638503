//! Which of several steps broke what worked before them.

/// The place of the first of `count` steps whose result fails, given that the result of the last does
/// and that what was before the first does not. `passes` is asked about the result of a step, at most
/// as often as `count` can be halved; where more than one step breaks something, what is found is one
/// whose result fails while that of the step before it passes.
pub fn first_failing<E>(count: usize, mut passes: impl FnMut(usize) -> Result<bool, E>) -> Result<usize, E> {
    let (mut passed, mut failed) = (0, count);
    while failed - passed > 1 {
        let middle = passed.midpoint(failed);
        if passes(middle - 1)? {
            passed = middle;
        } else {
            failed = middle;
        }
    }
    Ok(failed - 1)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn every_culprit_is_found_by_halving() {
        for count in 1..40 {
            for culprit in 0..count {
                let mut asked = 0;
                let found = first_failing::<Infallible>(count, |place| {
                    asked += 1;
                    Ok(place < culprit)
                });
                assert_eq!(found, Ok(culprit), "of {count}");
                assert!(1 << asked < 2 * count, "{asked} questions for {count} steps");
            }
        }
    }

    #[test]
    fn what_is_found_fails_after_what_passes() {
        for results in 0u32..1 << 10 {
            let passes = |place: usize| place < 10 && results & 1 << place != 0;
            let found = first_failing::<Infallible>(11, |place| Ok(passes(place))).unwrap_or(0);
            assert!(!passes(found), "{results:b}: it fails");
            assert!(found == 0 || passes(found - 1), "{results:b}: and what is before it passes");
        }
    }
}
