//! Generated pipelines: a small tree of its own, its text in SPL, and how it is made up.

mod text;

use proptest::{prelude::*, sample::select};

pub use text::text;

/// A value of an eval expression.
#[derive(Debug, Clone)]
pub enum Value {
    Field(String),
    Number(i32),
    Half(i32),
    Text(String),
    /// One of `+ - * / %`, of two numbers.
    Arithmetic(char, Box<Value>, Box<Value>),
    Joined(Vec<Value>),
    If(Box<Condition>, Box<Value>, Box<Value>),
    Case(Vec<(Condition, Value)>),
    Coalesce(Vec<Value>),
    /// A function of one value, by name.
    Of(&'static str, Box<Value>),
    Round(Box<Value>, i32),
    Substring(Box<Value>, i32, i32),
    Replace(Box<Value>, &'static str, &'static str),
    Extreme(&'static str, Vec<Value>),
    NullIf(Box<Value>, Box<Value>),
    /// A function of one list that gives a number or text.
    OfList(&'static str, Box<List>),
    Element(Box<List>, i32),
    Find(Box<List>, &'static str),
}

/// A list of an eval expression.
#[derive(Debug, Clone)]
pub enum List {
    Field(String),
    Split(Box<Value>, &'static str),
    Append(Vec<Value>, Box<List>),
    /// `mvdedup`, `mvsort`, `mvreverse`.
    Of(&'static str, Box<List>),
    Slice(Box<List>, i32, i32),
    Filter(String, Box<Condition>),
    Map(String, Box<Value>),
    Zip(Box<List>, Box<List>),
}

/// A condition of an eval expression.
#[derive(Debug, Clone)]
pub enum Condition {
    Compare(&'static str, Value, Value),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Xor(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    IsNull(Value),
    IsNotNull(Value),
    IsNumber(Value),
    Like(Value, &'static str),
    Match(Value, &'static str),
    In(Value, Vec<String>),
}

/// A condition of the search language.
#[derive(Debug, Clone)]
pub enum Search {
    Compare(String, &'static str, String),
    In(String, Vec<String>),
    Exists(String),
    And(Vec<Search>),
    Or(Vec<Search>),
    Not(Box<Search>),
}

/// An aggregation: function, argument, name of the column.
#[derive(Debug, Clone)]
pub struct Aggregation {
    pub function: &'static str,
    pub argument: Option<String>,
    pub name: String,
}

#[derive(Debug, Clone)]
pub enum Command {
    Search(Search),
    Where(Condition),
    Eval(String, Value),
    EvalList(String, List),
    Stats(Vec<Aggregation>, Vec<String>),
    EventStats(Vec<Aggregation>, Vec<String>),
    StreamStats(Vec<Aggregation>, Vec<String>),
    Dedup(usize, Vec<String>),
    /// Count, then descending, kind, field.
    Sort(usize, Vec<(bool, &'static str, String)>),
    Head(usize),
    Reverse,
    Table(Vec<String>),
    FieldsMinus(Vec<String>),
    Rename(String, String),
    FillNull(String, Vec<String>),
    Expand(String),
    Extract(String, &'static str, String),
    MakeList(String, &'static str),
    Top(bool, usize, Vec<String>),
    Append(Search),
    /// Whether a NOT stands before it; what the events of the subsearch are; the field whose values are looked for.
    Subsearch(bool, Search, String),
    /// Whether rows without a partner stay; key; where the partners are; what they bring.
    Join(bool, String, Search, String),
}

/// The names and words that pipelines over some events are made of.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Fields with one value at most.
    pub scalars: Vec<String>,
    /// Fields with several values.
    pub lists: Vec<String>,
    /// Values to compare with.
    pub words: Vec<String>,
}

/// Names that commands give.
const MADE: [&str; 4] = ["e1", "e2", "e3", "e4"];
const MADE_LISTS: [&str; 2] = ["l1", "l2"];
const PATTERNS: [&str; 5] = ["^[a-c]", "[0-9]+", "e", "x|y", "d$"];
const LIKES: [&str; 5] = ["%", "a%", "%e%", "_", "%1_"];
const EXTRACTIONS: [&str; 3] = ["(?<NAME>[a-z]+)", "^(?<NAME>.)", "(?<NAME>[0-9]+)"];

impl Vocabulary {
    /// Every name a result may have.
    pub fn all(&self) -> Vec<String> {
        let made = MADE.iter().chain(&MADE_LISTS).chain(&["count"]).map(|name| (*name).to_owned());
        self.scalars.iter().chain(&self.lists).cloned().chain(made).collect()
    }

    fn scalar(&self) -> impl Strategy<Value = String> + use<> {
        prop_oneof![3 => select(self.scalars.clone()), 1 => select(MADE.to_vec()).prop_map(str::to_owned)]
    }

    fn list_field(&self) -> impl Strategy<Value = String> + use<> {
        prop_oneof![
            2 => select(self.lists.clone()),
            1 => select(MADE_LISTS.to_vec()).prop_map(str::to_owned)
        ]
    }

    fn any_field(&self) -> impl Strategy<Value = String> + use<> {
        prop_oneof![4 => self.scalar(), 1 => self.list_field()]
    }

    fn word(&self) -> impl Strategy<Value = String> + use<> {
        select(self.words.clone())
    }

    fn leaf(&self) -> BoxedStrategy<Value> {
        prop_oneof![
            4 => self.scalar().prop_map(Value::Field),
            1 => (-5..20).prop_map(Value::Number),
            1 => (-3..9).prop_map(Value::Half),
            2 => self.word().prop_map(Value::Text),
        ]
        .boxed()
    }

    /// A value that is a number whatever the row.
    fn number(&self, value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
        let operand = value.clone();
        let number = prop_oneof![(-5..20).prop_map(Value::Number), (-3..9).prop_map(Value::Half)];
        prop_oneof![
            2 => (select(vec!['+', '-', '*', '/', '%']), operand, number)
                .prop_map(|(sign, left, right)| Value::Arithmetic(sign, Box::new(left), Box::new(right))),
            1 => (select(vec!["abs", "floor", "ceiling", "tonumber", "len"]), value.clone())
                .prop_map(|(name, value)| Value::Of(name, Box::new(value))),
            1 => (value, 0..2).prop_map(|(value, digits)| Value::Round(Box::new(value), digits)),
        ]
        .boxed()
    }

    fn value(&self, depth: u32) -> BoxedStrategy<Value> {
        if depth == 0 {
            return self.leaf();
        }
        let inner = self.value(depth - 1);
        let condition = self.condition(depth - 1);
        let list = self.list(depth - 1);
        let boxed = || inner.clone().prop_map(Box::new);
        let boxed_list = || list.clone().prop_map(Box::new);
        prop_oneof![
            6 => self.leaf(),
            4 => self.number(inner.clone()),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(Value::Joined),
            2 => (condition.clone(), boxed(), boxed())
                .prop_map(|(condition, then, other)| Value::If(Box::new(condition), then, other)),
            1 => prop::collection::vec((condition, inner.clone()), 1..3).prop_map(Value::Case),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(Value::Coalesce),
            3 => (select(vec!["lower", "upper", "trim", "tostring"]), boxed())
                .prop_map(|(name, value)| Value::Of(name, value)),
            1 => (boxed(), -3..5, 0..4).prop_map(|(value, start, length)| {
                Value::Substring(value, if start == 0 { 1 } else { start }, length)
            }),
            1 => (boxed(), select(PATTERNS.to_vec()), select(vec!["", "-", "yy"]))
                .prop_map(|(value, pattern, new)| Value::Replace(value, pattern, new)),
            1 => (select(vec!["min", "max"]), prop::collection::vec(inner.clone(), 1..4))
                .prop_map(|(name, values)| Value::Extreme(name, values)),
            1 => (boxed(), boxed()).prop_map(|(left, right)| Value::NullIf(left, right)),
            1 => (select(vec!["mvcount", "mvjoin"]), boxed_list())
                .prop_map(|(name, list)| Value::OfList(name, list)),
            1 => (boxed_list(), -3..3).prop_map(|(list, at)| Value::Element(list, at)),
            1 => (boxed_list(), select(PATTERNS.to_vec())).prop_map(|(list, at)| Value::Find(list, at)),
        ]
        .boxed()
    }

    fn list(&self, depth: u32) -> BoxedStrategy<List> {
        let field = self.list_field().prop_map(List::Field).boxed();
        if depth == 0 {
            return field;
        }
        let inner = self.list(depth - 1);
        let value = self.value(depth - 1);
        let boxed = || inner.clone().prop_map(Box::new);
        let name = self.list_field();
        let test = (name.prop_flat_map({
            let words = self.words.clone();
            move |name| (Just(name.clone()), element_condition(name, words.clone()))
        }))
        .prop_map(|(name, condition)| List::Filter(name, Box::new(condition)));
        let map = self.list_field().prop_flat_map({
            let words = self.words.clone();
            move |name| (Just(name.clone()), element_value(name, words.clone()))
        });
        prop_oneof![
            3 => field,
            2 => (value.clone().prop_map(Box::new), select(vec![" ", ",", "e", "."]))
                .prop_map(|(value, by)| List::Split(value, by)),
            2 => (prop::collection::vec(value, 0..3), boxed())
                .prop_map(|(values, list)| List::Append(values, list)),
            3 => (select(vec!["mvdedup", "mvsort", "mvreverse"]), boxed())
                .prop_map(|(name, list)| List::Of(name, list)),
            1 => (boxed(), -3..3, -3..4).prop_map(|(list, from, to)| List::Slice(list, from, to)),
            2 => test,
            2 => map.prop_map(|(name, value)| List::Map(name, Box::new(value))),
            1 => (boxed(), boxed()).prop_map(|(left, right)| List::Zip(left, right)),
        ]
        .boxed()
    }

    fn condition(&self, depth: u32) -> BoxedStrategy<Condition> {
        let value = self.value(depth.saturating_sub(1));
        let words = members(self.word().boxed());
        let listed = self.list_field().prop_map(Value::Field);
        let simple = prop_oneof![
            5 => (select(SIGNS.to_vec()), value.clone(), value.clone())
                .prop_map(|(sign, left, right)| Condition::Compare(sign, left, right)),
            1 => (select(SIGNS.to_vec()), listed, self.word().prop_map(Value::Text))
                .prop_map(|(sign, left, right)| Condition::Compare(sign, left, right)),
            1 => value.clone().prop_map(Condition::IsNull),
            1 => value.clone().prop_map(Condition::IsNotNull),
            1 => value.clone().prop_map(Condition::IsNumber),
            1 => (value.clone(), select(LIKES.to_vec())).prop_map(|(value, like)| Condition::Like(value, like)),
            1 => (value.clone(), select(PATTERNS.to_vec()))
                .prop_map(|(value, pattern)| Condition::Match(value, pattern)),
            1 => (value, words).prop_map(|(value, words)| Condition::In(value, words)),
        ]
        .boxed();
        if depth == 0 {
            return simple;
        }
        let boxed = || self.condition(depth - 1).prop_map(Box::new);
        prop_oneof![
            4 => simple,
            1 => (boxed(), boxed()).prop_map(|(left, right)| Condition::And(left, right)),
            1 => (boxed(), boxed()).prop_map(|(left, right)| Condition::Or(left, right)),
            1 => (boxed(), boxed()).prop_map(|(left, right)| Condition::Xor(left, right)),
            1 => boxed().prop_map(Condition::Not),
        ]
        .boxed()
    }

    fn search(&self, depth: u32) -> BoxedStrategy<Search> {
        let value =
            prop_oneof![4 => self.word(), 1 => select(vec!["a*", "*e*", "*1", "*"]).prop_map(str::to_owned)];
        let simple = prop_oneof![
            5 => (self.any_field(), select(SIGNS.to_vec()), value.clone())
                .prop_map(|(field, sign, value)| Search::Compare(field, sign, value)),
            1 => (self.any_field(), members(value.boxed()))
                .prop_map(|(field, values)| Search::In(field, values)),
            1 => self.any_field().prop_map(Search::Exists),
        ]
        .boxed();
        if depth == 0 {
            return simple;
        }
        let inner = self.search(depth - 1);
        prop_oneof![
            4 => simple,
            1 => prop::collection::vec(inner.clone(), 2..4).prop_map(Search::And),
            1 => prop::collection::vec(inner.clone(), 2..4).prop_map(Search::Or),
            1 => inner.prop_map(|inner| Search::Not(Box::new(inner))),
        ]
        .boxed()
    }

    fn aggregations(&self, most: usize) -> BoxedStrategy<Vec<Aggregation>> {
        let scalar = (select(SCALAR_AGGREGATIONS.to_vec()), self.any_field())
            .prop_map(|(function, field)| (function, Some(field)));
        let one = prop_oneof![1 => Just(("count", None)), 5 => scalar];
        let lists = (select(vec!["values", "list"]), self.any_field());
        (prop::collection::vec(one, 1..=most), prop::option::of(lists))
            .prop_map(|(scalars, list)| {
                let mut all: Vec<Aggregation> = scalars
                    .into_iter()
                    .zip(MADE)
                    .map(|((function, argument), name)| Aggregation {
                        function,
                        argument,
                        name: name.to_owned(),
                    })
                    .collect();
                all.extend(list.map(|(function, field)| Aggregation {
                    function,
                    argument: Some(field),
                    name: MADE_LISTS[0].to_owned(),
                }));
                all
            })
            .boxed()
    }

    fn by(&self, lists: bool) -> BoxedStrategy<Vec<String>> {
        let scalars = prop::sample::subsequence(self.scalars.clone(), 0..=2);
        let with_list = (prop::sample::subsequence(self.scalars.clone(), 0..=1), select(self.lists.clone()))
            .prop_map(|(mut names, list)| {
                names.push(list);
                names
            });
        if lists { prop_oneof![4 => scalars, 1 => with_list].boxed() } else { scalars.boxed() }
    }

    fn command(&self) -> BoxedStrategy<Command> {
        let scalars = |count| prop::sample::subsequence(self.scalars.clone(), count);
        let key = (any::<bool>(), select(vec!["", "", "num", "str"]), self.scalar());
        let running = (select(vec!["count", "sum", "min", "max", "dc"]), select(self.scalars.clone()))
            .prop_map(|(function, field)| {
                vec![Aggregation { function, argument: Some(field), name: MADE[3].to_owned() }]
            });
        prop_oneof![
            4 => self.search(2).prop_map(Command::Search),
            4 => self.condition(2).prop_map(Command::Where),
            6 => (select(MADE.to_vec()), self.value(3))
                .prop_map(|(name, value)| Command::Eval(name.to_owned(), value)),
            3 => (select(MADE_LISTS.to_vec()), self.list(2))
                .prop_map(|(name, list)| Command::EvalList(name.to_owned(), list)),
            3 => (self.aggregations(3), self.by(true)).prop_map(|(all, by)| Command::Stats(all, by)),
            2 => (self.aggregations(2), self.by(false)).prop_map(|(all, by)| Command::EventStats(all, by)),
            2 => (running, self.by(false)).prop_map(|(all, by)| Command::StreamStats(all, by)),
            2 => (1..3_usize, scalars(1..=2)).prop_map(|(count, by)| Command::Dedup(count, by)),
            3 => (select(vec![0, 0, 5]), prop::collection::vec(key, 1..3))
                .prop_map(|(count, keys)| Command::Sort(count, keys)),
            1 => (1..8_usize).prop_map(Command::Head),
            1 => Just(Command::Reverse),
            1 => prop::sample::subsequence(self.all(), 3..=6).prop_map(Command::Table),
            1 => scalars(1..=3).prop_map(Command::FieldsMinus),
            1 => (self.scalar(), self.scalar())
                .prop_filter("two names", |(from, to)| from != to)
                .prop_map(|(from, to)| Command::Rename(from, to)),
            2 => (select(vec!["0", "none"]), scalars(1..=3))
                .prop_map(|(value, names)| Command::FillNull(value.to_owned(), names)),
            2 => self.list_field().prop_map(Command::Expand),
            2 => (self.scalar(), select(EXTRACTIONS.to_vec()), select(MADE.to_vec()))
                .prop_map(|(from, pattern, to)| Command::Extract(from, pattern, to.to_owned())),
            1 => (select(self.scalars.clone()), select(vec![",", " ", "e"]))
                .prop_map(|(field, by)| Command::MakeList(field, by)),
            1 => (any::<bool>(), 1..6_usize, scalars(1..=2))
                .prop_map(|(most, count, by)| Command::Top(most, count, by)),
            1 => self.search(1).prop_map(Command::Append),
            2 => (any::<bool>(), self.search(1), select(self.scalars.clone()))
                .prop_map(|(negated, search, field)| Command::Subsearch(negated, search, field)),
            1 => (any::<bool>(), select(self.scalars.clone()), self.search(1), select(self.scalars.clone()))
                .prop_map(|(left, key, search, brings)| Command::Join(left, key, search, brings)),
        ]
        .boxed()
    }

    /// Pipelines over the events.
    pub fn pipelines(&self) -> BoxedStrategy<Vec<Command>> {
        prop::collection::vec(self.command(), 1..6).boxed()
    }
}

/// Values of a list: few, or with so many more that the list is a set.
fn members(word: BoxedStrategy<String>) -> BoxedStrategy<Vec<String>> {
    let more = (0..56).map(|number| format!("filler{number}"));
    let more: Vec<String> = more.chain((0..12).map(|number| number.to_string())).collect();
    (prop::collection::vec(word, 1..4), prop::bool::weighted(0.25))
        .prop_map(move |(mut words, many)| {
            if many {
                words.extend(more.clone());
            }
            words
        })
        .boxed()
}

const SIGNS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const SCALAR_AGGREGATIONS: [&str; 9] = ["count", "sum", "avg", "min", "max", "dc", "first", "last", "range"];

/// A condition on one value of the list `name`.
fn element_condition(name: String, words: Vec<String>) -> BoxedStrategy<Condition> {
    let field = Value::Field(name);
    let (other, third) = (field.clone(), field.clone());
    prop_oneof![
        (select(SIGNS.to_vec()), select(words)).prop_map(move |(sign, word)| Condition::Compare(
            sign,
            field.clone(),
            Value::Text(word)
        )),
        select(PATTERNS.to_vec()).prop_map(move |pattern| Condition::Match(other.clone(), pattern)),
        (1..4).prop_map(move |length| Condition::Compare(
            ">",
            Value::Of("len", Box::new(third.clone())),
            Value::Number(length)
        )),
    ]
    .boxed()
}

/// What becomes of one value of the list `name`.
fn element_value(name: String, words: Vec<String>) -> BoxedStrategy<Value> {
    let field = Value::Field(name.clone());
    let (other, third) = (field.clone(), field.clone());
    prop_oneof![
        (1..4).prop_map(move |times| Value::Arithmetic(
            '*',
            Box::new(field.clone()),
            Box::new(Value::Number(times))
        )),
        select(vec!["upper", "lower"]).prop_map(move |case| Value::Of(case, Box::new(other.clone()))),
        (element_condition(name, words.clone()), select(words)).prop_map(move |(condition, word)| Value::If(
            Box::new(condition),
            Box::new(Value::Joined(vec![third.clone(), Value::Text(word)])),
            Box::new(third.clone())
        )),
    ]
    .boxed()
}
