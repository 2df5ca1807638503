//! A plan that cannot be read: who brings one is refused, and while one is there nothing that may be
//! the run's is taken, everything else is, and so is the push that repairs it.

use super::cases::{Case, all, refused, taken, unplanned};

/// The newest plan on the server is broken; the one before it is good.
const BROKEN: &str = "echo 'run = 7' >p; plan demo p; git push -q --receive-pack='git -c core.hooksPath=/dev/null receive-pack' origin refs/orchestrate/demo/plan;";
/// No plan of the run can be read.
const LOST: &str = "origin update-ref refs/orchestrate/demo/plan main;";

const ADVICE: &str =
    "hint: who writes plans pushes a good one first: git push <remote> +refs/orchestrate/demo/plan";

/// An amendment that may be pushed; `entry` edits what is recorded of the base with it.
const AMENDED: &str = "origin config orchestrate.planWriter worker
    sed 's/^provides = .*/provides = []/' .git/plan.toml >p; sed -i '/^needs/d' p; plan demo p
    entry() { new=$(git cat-file commit refs/orchestrate/demo/plan | sed \"$1\" | git hash-object -t commit -w --stdin)
    git update-ref refs/orchestrate/demo/plan \"$new\"; };";

fn after(damage: &str, more: &str) -> &'static str {
    format!("{damage} {more}").leak()
}

#[test]
fn unrelated_branches_and_repairs_are_taken() {
    let elsewhere = "on wip; commit README.txt x; on features/x; git tag v1";
    let repair = "origin config orchestrate.planWriter lead; git update-ref -d refs/orchestrate/demo/plan
        git fetch -q origin main; (cd ../lead; git push -q origin wip:refs/heads/x 2>/dev/null || true)";
    let cases: &[Case] = &[
        taken("an amendment, by who may write plans", AMENDED, "push refs/orchestrate/demo/plan"),
        taken("beside a broken plan", after(BROKEN, elsewhere), "push wip features/x v1 2>&1 | grep -q 'warning: push/plan-unreadable'"),
        taken("beside a lost plan", after(LOST, elsewhere), "push wip features/x v1"),
        taken("the base beside a broken plan, by its people", after(BROKEN, "on fix; commit README.txt Fix"), "push fix:main"),
        taken("a default layout's name that the older plan has not", after(BROKEN, "on work/mine; commit README.txt x"), "push HEAD"),
        taken("the repair, forced", after(BROKEN, repair), "REMOTE_USER=lead lead push -q origin +refs/orchestrate/demo/plan"),
        taken("the repair of a lost plan, forced", after(LOST, repair), "REMOTE_USER=lead lead push -q origin +refs/orchestrate/demo/plan"),
        taken(
            "the repair on top, and a branch with it",
            after(BROKEN, "origin config orchestrate.planWriter worker; plan demo .git/plan.toml
                on work/task-1-api; commit api/x.py '[CHECKPOINT] X'"),
            "push refs/orchestrate/demo/plan HEAD",
        ),
        taken(
            "after the repair all is as ever",
            after(BROKEN, "origin config orchestrate.planWriter worker; plan demo .git/plan.toml; push refs/orchestrate/demo/plan
                on work/task-1-api; commit api/x.py '[CHECKPOINT] X'"),
            "push HEAD",
        ),
    ];
    all(cases);
}

#[test]
fn what_may_be_the_runs_is_refused() {
    let work = "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'";
    let cases: &[Case] = &[
        refused(
            "a task's branch under a broken plan",
            after(BROKEN, work),
            "push HEAD",
            &[
                "remote:   work/task-1-api\nremote:     push/plan-unreadable",
                "the plan of demo cannot be read",
                ADVICE,
            ],
        ),
        refused(
            "a good branch under a broken plan",
            after(BROKEN, "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'"),
            "push HEAD",
            &["push/plan-unreadable", ADVICE],
        ),
        refused(
            "a task's branch under a lost plan",
            after(LOST, work),
            "push HEAD",
            &["push/plan-unreadable", ADVICE],
        ),
        refused(
            "the integration under a lost plan",
            after(LOST, work),
            "push HEAD:refs/heads/integration/demo",
            &["remote:   integration/demo\nremote:     push/plan-unreadable"],
        ),
        refused(
            "another layout's branch under a lost plan",
            after(LOST, work),
            "push HEAD:refs/heads/demo/task-1-api",
            &["push/plan-unreadable"],
        ),
        refused(
            "a task's work on the base under a broken plan",
            after(BROKEN, work),
            "push HEAD:main",
            &["remote:   main\nremote:     push/plan-unreadable"],
        ),
        refused(
            "a deletion under a broken plan",
            after("on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD;", BROKEN),
            "push :work/task-1-api",
            &["push/plan-unreadable"],
        ),
        refused(
            "records under a broken plan",
            after(BROKEN, "on work/task-1-api; git notes --ref=orchestrate/demo/task-1-api add -m r"),
            "push 'refs/notes/*'",
            &["push/plan-unreadable"],
        ),
        refused(
            "a repair by somebody else",
            after(BROKEN, "origin config orchestrate.planWriter lead; plan demo .git/plan.toml"),
            "push refs/orchestrate/demo/plan",
            &["push/plan "],
        ),
        refused(
            "a repair from another base than the older plan's",
            after(
                BROKEN,
                "origin config orchestrate.planWriter worker; on main; commit README.txt x; push main
                git fetch -q; plan demo .git/plan.toml",
            ),
            "push refs/orchestrate/demo/plan",
            &["push/plan-invalid", "it starts from another commit than the run did"],
        ),
        refused(
            "an amendment that names another base, from a plan writer",
            after(AMENDED, "entry 's,Base-Ref: .*,Base-Ref: refs/heads/trunk,'"),
            "push refs/orchestrate/demo/plan",
            &["push/plan-invalid", "its base is another branch than the run was started from"],
        ),
        refused(
            "an amendment that names no base branch, from a plan writer",
            after(AMENDED, "entry '/Base-Ref/d'"),
            "push refs/orchestrate/demo/plan",
            &["push/plan-invalid", "its base is another branch than the run was started from"],
        ),
        refused(
            "an amendment that has the base follow another branch, from a plan writer",
            after(AMENDED, "entry 's,Base-Ref: .*,&\\nBase-Upstream: refs/remotes/any/main,'"),
            "push refs/orchestrate/demo/plan",
            &["push/plan-invalid", "its base follows another branch than it did when the run was started"],
        ),
        refused(
            "a broken plan from a plan writer, with a branch",
            "origin config orchestrate.planWriter worker; echo 'run = 7' >p; plan demo p
             on work/task-1-api; commit models/x.py '[CHECKPOINT] X'",
            "push refs/orchestrate/demo/plan HEAD",
            &["push/plan-invalid", "scope/outside"],
        ),
        refused(
            "a plan that is a file, from a plan writer",
            "origin config orchestrate.planWriter worker; git update-ref -d refs/orchestrate/demo/plan
             git update-ref refs/orchestrate/demo/plan $(git hash-object -w README.txt)",
            "push -f refs/orchestrate/demo/plan",
            &["push/plan-invalid"],
        ),
        unplanned(refused(
            "a first plan that is broken, with a branch",
            "echo 'run = 7' >p; plan demo p; on work/x",
            "push refs/orchestrate/demo/plan HEAD",
            &["push/plan-invalid"],
        )),
    ];
    all(cases);
}

/// What was there before the plan was judged by nobody; a plan does not make it good.
#[test]
fn a_plan_takes_no_integration_branch_over_unseen() {
    let evil = "on integration/demo; commit models/evil.py 'Evil'; push HEAD; plan demo .git/plan.toml";
    let good = "on work/task-1-api; commit api/x.py '[COMPLETE] X'; push HEAD
        on integration/demo; git merge -q --no-ff -m Merge work/task-1-api; push HEAD; plan demo .git/plan.toml";
    all(&[
        unplanned(refused(
            "evil before the plan",
            evil,
            "push refs/orchestrate/demo/plan",
            &["push/unverified", "integration/demo would hold work that is on no task's branch"],
        )),
        unplanned(taken("good before the plan", good, "push refs/orchestrate/demo/plan")),
    ]);
}
