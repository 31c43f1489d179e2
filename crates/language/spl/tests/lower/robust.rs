//! Lowering never panics, whatever the search looks like.

use super::{plan, view};

const SEEDS: &[&str] = &[
    r#"index=* (sourcetype="aws:*" OR a=1) NOT b IN (1,2*) | eval x=case(a.b="c",1,true(),0), y=mvindex(z{},0) | where x=1 | table _time x y"#,
    r#"search a=b earliest=-1d@d | rename properties.* as * | stats values(*) as * count(eval(a="b")) AS n perc95(x) by user _time span=5m | sort - n +m"#,
    r#"a | rex field=b max_match=0 "(?<c>\d+)" | dedup 2 a b sortby -_time | top limit=3 a by b | fillnull value=0 a b | bin _time span=1h"#,
    r#"x | convert timeformat="%Y" ctime(a) AS b | spath input=c path=d{}.e output=f | mvexpand f limit=2 | head 5 | tail 3 | eventstats avg(x) by y | streamstats count"#,
    r#"| fields - a* | regex _raw!="x" | makemv delim="," a | addtotals fieldname=t a b | rare a | reverse | where like(a,"%b_") XOR not isnull(c)"#,
];

#[test]
fn cut_and_spliced_searches_do_not_panic() {
    let view = view::small();
    let mut lowered = 0;
    for (index, seed) in SEEDS.iter().enumerate() {
        let other = SEEDS[(index + 1) % SEEDS.len()];
        for at in (0..seed.len()).filter(|at| seed.is_char_boundary(*at)) {
            let (left, right) = seed.split_at(at);
            let skip = right.chars().next().map_or(0, char::len_utf8);
            let end = other.len() - at.min(other.len());
            let variants = [
                left.to_owned(),
                right.to_owned(),
                format!("{left}{}", &right[skip..]),
                format!("{left}{}", &other[end..]),
            ];
            for variant in variants {
                let (found, messages) = plan(&variant, &view, None);
                assert!(
                    found.plan.is_some() || messages.iter().any(|message| message.starts_with("Error")),
                    "{variant}"
                );
                lowered += usize::from(found.plan.is_some());
            }
        }
    }
    assert!(lowered > 100, "only {lowered} variants became plans");
}

#[test]
fn long_pipelines_are_refused_not_overflowed() {
    let view = view::small();
    let text = format!("a=b {}", "| eval x=1 ".repeat(5_000));
    let (found, messages) = plan(&text, &view, None);
    assert!(found.plan.is_none());
    assert!(messages.iter().any(|message| message.contains("SPL221")), "{messages:?}");
}
