//! Which number a task has: the one written beside its name, the one in its name, else its place.

use std::collections::HashMap;

use crate::model::name::TaskName;
use crate::model::plan::draft::DraftTask;
use crate::model::plan::finding::Naming;
use crate::model::plan::report::Report;

/// A number for each task, unique in the plan.
///
/// `1-2-login` and `1-3-roles` both have 1 in their names, so it belongs to neither; then the place
/// decides, and where that is taken, the smallest number that is free.
pub(super) fn assign(tasks: &[DraftTask], names: &[Option<TaskName>], report: &mut Report<'_>) -> Vec<u32> {
    let mut taken: HashMap<u32, usize> = HashMap::new();
    let mut numbers: Vec<Option<u32>> = vec![None; tasks.len()];
    for (at, task) in tasks.iter().enumerate() {
        let Some(written) = &task.number else { continue };
        match taken.get(&written.value).map(|first| &names[*first]) {
            None => {
                taken.insert(written.value, at);
                numbers[at] = Some(written.value);
            }
            Some(Some(first)) => {
                report.error(written.place, Naming::Number { number: written.value, first: first.clone() });
            }
            Some(None) => {}
        }
    }
    complete(numbers, taken, names)
}

/// The numbers that tasks of these names have where none is written beside them.
pub fn default_numbers(names: &[Option<TaskName>]) -> Vec<u32> {
    complete(vec![None; names.len()], HashMap::new(), names)
}

fn complete(
    mut numbers: Vec<Option<u32>>,
    mut taken: HashMap<u32, usize>,
    names: &[Option<TaskName>],
) -> Vec<u32> {
    let in_name = |at: usize| names[at].as_ref().and_then(TaskName::number);
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for number in (0..names.len()).filter_map(in_name) {
        *counts.entry(number).or_default() += 1;
    }
    for (at, number) in numbers.iter_mut().enumerate().filter(|(_, number)| number.is_none()) {
        *number = in_name(at).filter(|number| counts[number] == 1 && !taken.contains_key(number));
        if let Some(number) = number {
            taken.insert(*number, at);
        }
    }
    fill(&mut numbers, &mut taken);
    numbers.into_iter().map(|number| number.expect("every gap was filled")).collect()
}

fn fill(numbers: &mut [Option<u32>], taken: &mut HashMap<u32, usize>) {
    let mut free = 1;
    for (at, (number, place)) in numbers.iter_mut().zip(1u32..).enumerate() {
        if number.is_some() {
            continue;
        }
        let mut next = place;
        if taken.contains_key(&place) {
            while taken.contains_key(&free) {
                free += 1;
            }
            next = free;
        }
        taken.insert(next, at);
        *number = Some(next);
    }
}
