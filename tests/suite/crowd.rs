//! Many workers at once in one repository: every commit is made, and every record is kept.

use crate::armed::Armed;
use crate::sandbox::Sandbox;

/// A run of `workers` tasks that need nothing of each other.
fn plan(workers: usize) -> String {
    let head = "run = \"crowd\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n".to_owned();
    let task = |number: usize| format!("[[task]]\nname = \"task-{number}\"\nscope = [\"part-{number}/\"]\n");
    (1..=workers).fold(head, |plan, number| plan + &task(number))
}

/// Each worker makes its commits while all others do, and somebody packs refs meanwhile.
fn all_at_once(workers: usize, commits: usize) {
    let run = Armed::on(Sandbox::repository(), &plan(workers));
    std::thread::scope(|scope| {
        for worker in 1..=workers {
            let run = &run;
            scope.spawn(move || {
                let task = format!("task-{worker}");
                for number in 1..=commits {
                    let message = format!("[CHECKPOINT] Number {number}");
                    run.commit(&task, &format!("part-{worker}/{number}.txt"), &message).ok();
                    if number % 7 == 0 {
                        // It fails while another one packs, which is no harm.
                        run.git(&task, &["pack-refs", "--all"]);
                    }
                }
            });
        }
    });
    for worker in 1..=workers {
        let task = format!("task-{worker}");
        assert_eq!(run.count(&task), commits, "every commit of {task} is there");
        let notes = format!("--ref=orchestrate/crowd/{task}");
        let listed = run.git(&task, &["notes", &notes, "list"]).ok().out;
        assert_eq!(listed.lines().count(), commits, "every commit of {task} has its record");
    }
    run.sandbox.git(&["fsck", "--strict"]).ok();
    run.sandbox.git(&["orchestrate", "verify"]).ok();
}

#[test]
fn eight_workers_lose_nothing() {
    all_at_once(8, 4);
}

#[test]
#[ignore = "takes minutes; run it after a change to records or hooks"]
fn twenty_workers_lose_nothing() {
    all_at_once(20, 50);
}
