//! Reference data that a query can look things up in: sets, maps and tables from the user's CSV files.

/// All reference data by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferenceData {
    collections: Vec<ReferenceCollection>,
}

/// One reference set, map, map of sets, or table.
///
/// A set is a column. A map and a map of sets are a column of keys and one of values. A table has a
/// column of keys and named columns of values, or QRadar's three columns `key1,key2,data`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferenceCollection {
    /// Name that queries use.
    pub name: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows, each with one text a column.
    pub rows: Vec<Vec<String>>,
    /// Whether values and keys are the same in any case (QRadar's element type ALNIC).
    pub ignore_case: bool,
}

impl ReferenceData {
    /// Adds a collection; one of the same name is replaced.
    pub fn add(&mut self, collection: ReferenceCollection) {
        self.collections.retain(|have| !have.name.eq_ignore_ascii_case(&collection.name));
        self.collections.push(collection);
    }

    /// A collection by name, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&ReferenceCollection> {
        self.collections.iter().find(|collection| collection.name.eq_ignore_ascii_case(name))
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.collections.iter().map(|collection| collection.name.as_str())
    }
}

impl ReferenceCollection {
    /// A collection from the records of a file. The first names the columns, but for a file of one
    /// column, whose first line is a value like any other unless it is `data`, `value` or `values`.
    ///
    /// ```
    /// use quarry_aql::ReferenceCollection;
    /// let records = vec![vec!["10.0.0.1".to_owned()], vec!["10.0.0.2".to_owned()]];
    /// assert_eq!(ReferenceCollection::new("bad", records, false).rows.len(), 2);
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, records: Vec<Vec<String>>, ignore_case: bool) -> Self {
        let mut rows = records;
        rows.iter_mut().flatten().for_each(|cell| *cell = cell.trim().to_owned());
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let width = rows.iter().map(Vec::len).max().unwrap_or(1);
        let is_header = rows.first().is_some_and(|first| {
            width > 1
                || first.iter().any(|cell| {
                    ["data", "value", "values"].iter().any(|word| cell.eq_ignore_ascii_case(word))
                })
        });
        let columns = if is_header { rows.remove(0) } else { vec!["value".to_owned()] };
        let columns = distinct(columns);
        rows.iter_mut().for_each(|row| row.resize(columns.len().max(1), String::new()));
        Self { name: name.into(), columns, rows, ignore_case }
    }

    /// The values of a column by its place.
    #[must_use]
    pub fn column(&self, place: usize) -> Vec<String> {
        self.rows.iter().map(|row| row.get(place).cloned().unwrap_or_default()).collect()
    }

    /// The keys and values of a column of a table by its name; none if it has no such column.
    #[must_use]
    pub fn cells(&self, column: &str) -> Option<(Vec<String>, Vec<String>)> {
        let place = self.columns.iter().position(|have| have.eq_ignore_ascii_case(column));
        if let Some(place) = place.filter(|place| *place > 0) {
            return Some((self.column(0), self.column(place)));
        }
        let is_long = self.columns.len() == 3
            && self
                .columns
                .iter()
                .zip(["key1", "key2", "data"])
                .all(|(have, want)| have.eq_ignore_ascii_case(want));
        is_long.then(|| {
            let of_column = self
                .rows
                .iter()
                .filter(|row| row.get(1).is_some_and(|cell| cell.eq_ignore_ascii_case(column)));
            let cell = |row: &Vec<String>, place: usize| row.get(place).cloned().unwrap_or_default();
            of_column.map(|row| (cell(row, 0), cell(row, 2))).unzip()
        })
    }
}

/// Names of columns, made different where two are the same.
fn distinct(names: Vec<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        let taken = |name: &str| found.iter().any(|have| have.eq_ignore_ascii_case(name));
        let free = (2..).map(|number| format!("{name}_{number}")).find(|other| !taken(other));
        let next = if taken(&name) { free.unwrap_or_default() } else { name };
        found.push(next);
    }
    found
}
