//! A client that says what it likes about what the server's refs hold. git compares that with the refs
//! only after the hook has agreed, ref by ref, so whoever believes it judges another push than arrives.

use super::served::{Served, Start};

/// A plan that gives task 1 the directory of task 2, and work under it.
const WIDENED: &str = "sed 's,\"api/\",\"api/\"\\, \"models/\",' .git/plan.toml >p
    git update-ref -d refs/orchestrate/demo/plan; plan demo p; plan=$(git rev-parse refs/orchestrate/demo/plan)
    on work/task-1-api; commit models/x.py '[CHECKPOINT] X'; tip=$(git rev-parse HEAD);";

#[track_caller]
fn refused(served: &Served, push: &str, words: &[&str]) {
    let refs = served.refs();
    let said = served.sh(push);
    for word in words {
        assert!(said.err.contains(word), "{word}\n{}{}", said.out, said.err);
    }
    assert!(said.out.contains("pre-receive hook declined"), "{}{}", said.out, said.err);
    assert_eq!(served.refs(), refs, "no ref has moved");
}

#[test]
fn a_plan_is_no_first_one_because_the_push_says_so() {
    let served = Served::new(Start::Planned);
    let push = "forge \"$plan $tip\" \"$none $plan refs/orchestrate/demo/plan\" \"$none $tip $(git symbolic-ref HEAD)\"";
    refused(
        &served,
        &format!("{WIDENED} {push}"),
        &["push/stale", "starts from nothing, but here is", "push/plan"],
    );
}

/// Both asked when there was none; the slower one loses all of its push.
#[test]
fn of_two_first_plans_the_slower_takes_no_branch_along() {
    let served = Served::new(Start::Unplanned);
    served.sh("plan demo .git/plan.toml; push refs/orchestrate/demo/plan").ok();
    served.sh("origin config orchestrate.planWriter worker").ok();
    let push = "forge \"$plan $tip\" \"$none $plan refs/orchestrate/demo/plan\" \"$none $tip $(git symbolic-ref HEAD)\"";
    refused(&served, &format!("{WIDENED} {push}"), &["push/stale", "somebody else was faster"]);
}

#[test]
fn a_false_base_hides_nothing() {
    let served = Served::new(Start::Planned);
    let prepare = "on work/task-1-api
        inner=$(printf '100644 blob %s\\t.git\\n' $(git hash-object -w README.txt) | git mktree)
        api=$( (git ls-tree HEAD:api; printf '040000 tree %s\\tsub\\n' $inner) | git mktree)
        top=$(git ls-tree HEAD | sed \"s/tree .*\\tapi$/tree $api\\tapi/\" | git mktree)
        bad=$(git commit-tree -p HEAD -m '[CHECKPOINT] Tree' $top); main=$(git rev-parse origin/main)";
    let push = "forge $bad \"$none $bad $(git symbolic-ref HEAD)\" \"$bad $main refs/heads/main\"";
    refused(&served, &format!("{prepare}; {push}"), &["push/stale", "object/malformed"]);
}

/// git deletes without comparing where the old value is no object that it has.
#[test]
fn a_branch_goes_no_sooner_for_a_false_word() {
    let served = Served::new(Start::Planned);
    served.sh("on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD").ok();
    for old in ["$none", "${none//0/1}", "$(git rev-parse origin/main)"] {
        let push = format!("forge '' \"{old} $none $(git symbolic-ref HEAD)\"");
        refused(&served, &push, &["push/stale", "push/unmerged"]);
    }
}

#[test]
fn what_is_gone_already_may_be_deleted() {
    let served = Served::new(Start::Planned);
    let said = served.sh("forge '' \"$none $none refs/heads/away\"").ok();
    assert!(said.out.contains("ok refs/heads/away"), "{}{}", said.out, said.err);
    served.sh("on wip; push HEAD; push :wip; on x; git tag -a -m v v; push HEAD v; push -d v x").ok();
}

#[test]
fn no_work_is_discarded_for_a_false_word() {
    let served = Served::new(Start::Planned);
    served.sh("on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD").ok();
    for old in ["$none", "$(git rev-parse origin/main)"] {
        let push = format!("forge main \"{old} $(git rev-parse origin/main) $(git symbolic-ref HEAD)\"");
        refused(&served, &push, &["push/discarded", "api/x.py"]);
    }
}
