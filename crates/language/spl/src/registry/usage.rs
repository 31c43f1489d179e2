//! How each word is written and what it does, for the reference pages. Plain functions and
//! aggregations say so themselves, where they are computed.

/// A word's usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Name in lower case.
    pub name: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

const fn row(name: &'static str, syntax: &'static str, meaning: &'static str) -> Usage {
    Usage { name, syntax, meaning }
}

/// Commands, sorted.
pub const COMMAND_USAGE: &[Usage] = &[
    row("accum", "accum <field> [AS <new>]", "Adds up a number field from row to row."),
    row("addcoltotals", "addcoltotals [<fields>]", "Adds a row with the sum of each number column."),
    row("addinfo", "addinfo", "Adds the search's own time range as fields."),
    row(
        "addtotals",
        "addtotals [row=t] [col=f] [fieldname=Total] [<fields>]",
        "Adds a field with the sum of the number fields of each row.",
    ),
    row(
        "anomalydetection",
        "anomalydetection [action=filter|annotate|summary] [<fields>]",
        "Keeps the rows whose values together are improbable.",
    ),
    row("append", "append [ <search> ]", "Puts the rows of a second search after those there are."),
    row(
        "appendcols",
        "appendcols [override=f] [ <search> ]",
        "Puts the columns of a second search beside those there are, row by row.",
    ),
    row("appendpipe", "appendpipe [ <commands> ]", "Puts what commands make of the rows after the rows."),
    row("autoregress", "autoregress <field> [AS <new>] [p=<n>]", "Copies a field from earlier rows."),
    row("awssnsalert", "awssnsalert", "Sends the rows to a service; here nothing is sent."),
    row("bin", "bin <field> [span=<span>] [AS <new>]", "Puts numbers or times into steps of one size."),
    row("bucket", "bucket <field> [span=<span>] [AS <new>]", "Another name of `bin`."),
    row(
        "chart",
        "chart <aggregations> [OVER <field>] [BY <field> [<field>]]",
        "Aggregates to a table with one column a value of the second field.",
    ),
    row("collect", "collect index=<index>", "Writes the rows to a summary index; here nothing is written."),
    row(
        "concurrency",
        "concurrency duration=<field> [start=_time] [output=concurrency]",
        "How many events were under way when each began; a span holds both its ends.",
    ),
    row(
        "contingency",
        "contingency [maxrows=1000] [maxcols=1000] [minrowcover=1] [mincolcover=1] [usetotal=t] [totalstr=TOTAL] <field> <field>",
        "Counts how often the values of two fields come together. Rows and columns come by their totals, those alike by name.",
    ),
    row(
        "convert",
        "convert [timeformat=<format>] <function>(<field>) [AS <new>] ...",
        "Converts fields, such as epoch times to text.",
    ),
    row(
        "counttable",
        "counttable [maxrows=1000] [maxcols=1000] [minrowcover=1] [mincolcover=1] [usetotal=t] [totalstr=TOTAL] <field> <field>",
        "Another name of `contingency`.",
    ),
    row(
        "ctable",
        "ctable [maxrows=1000] [maxcols=1000] [minrowcover=1] [mincolcover=1] [usetotal=t] [totalstr=TOTAL] <field> <field>",
        "Another name of `contingency`.",
    ),
    row("datamodel", "datamodel <model> <dataset> search", "Reads the events of a data model's dataset."),
    row(
        "dedup",
        "dedup [<n>] <fields> [keepevents=f] [keepempty=f] [consecutive=f] [sortby <keys>]",
        "Keeps the first rows of each combination of values.",
    ),
    row("delta", "delta <field> [AS <new>] [p=<n>]", "The difference of a number to that of an earlier row."),
    row("discretize", "discretize <field> [span=<span>]", "Another name of `bin`."),
    row("dump", "dump basefilename=<name>", "Writes the rows to files; here nothing is written."),
    row("eval", "eval <field>=<expression> [, ...]", "Sets fields; each assignment sees those before it."),
    row("eventcount", "eventcount", "Counts the events of an index."),
    row(
        "eventstats",
        "eventstats <aggregations> [BY <fields>]",
        "Adds aggregates of a row's group to the row.",
    ),
    row(
        "extract",
        "extract [pairdelim=<text>] [kvdelim=<text>]",
        "Takes fields from pairs of names and values in the event's text.",
    ),
    row("fieldformat", "fieldformat <field>=<expression>", "Changes how a field is shown."),
    row("fields", "fields [+|-] <fields>", "Keeps fields, or takes them away."),
    row(
        "fieldsummary",
        "fieldsummary [<fields>]",
        "Describes each field: how many values, which, their range.",
    ),
    row("filldown", "filldown [<fields>]", "Fills a missing value with the last one before it."),
    row("fillnull", "fillnull [value=<text>] [<fields>]", "Puts a value where there is none."),
    row("foreach", "foreach <fields> [ eval ...<<FIELD>>... ]", "Runs commands for each of several fields."),
    row("format", "format", "Makes a search of the rows."),
    row("from", "from datamodel:<model>.<dataset>", "Reads a dataset or lookup."),
    row("fromjson", "fromjson <field> [prefix=<text>]", "Makes fields of the members of a JSON object."),
    row("gentimes", "gentimes start=<date> [end=<date>] [increment=1d]", "Makes one row a span of time."),
    row(
        "head",
        "head [<n>|(<condition>) [keeplast=f] [null=f]]",
        "Keeps the first rows, ten unless told otherwise, or those before the first for which a condition does not hold.",
    ),
    row("highlight", "highlight <texts>", "Marks words in Splunk's user interface; changes nothing here."),
    row("iconify", "iconify <fields>", "Shows icons in Splunk's user interface; changes nothing here."),
    row("inputcsv", "inputcsv <file>", "Reads the rows of a CSV file."),
    row("inputlookup", "inputlookup [append=f] <table> [where <search>]", "Reads the rows of a lookup."),
    row("iplocation", "iplocation [prefix=<text>] <field>", "Adds the place of an address."),
    row(
        "join",
        "join [type=inner] [max=1] [overwrite=t] [usetime=f] [earlier=t] <fields> [ <search> ] | join left=<L> right=<R> where <L>.<field>=<R>.<field> [ <search> ]",
        "Adds fields of another search to rows with the same values. With `left` and `right` fields are named after their side; `usetime` takes only partners that are not later, or with `earlier=f` not earlier, by the second. A dataset may stand for the search, as in `savedsearch:name`.",
    ),
    row("kv", "kv", "Another name of `extract`."),
    row("loadjob", "loadjob <id>", "Reads the rows of an earlier search."),
    row("localop", "localop", "Says which server computes what follows; changes nothing here."),
    row(
        "lookup",
        "lookup <table> <field> [AS <event field>] [OUTPUT|OUTPUTNEW <fields>]",
        "Adds fields of the rows of a table that match.",
    ),
    row("makecontinuous", "makecontinuous <field> span=<span>", "Adds rows for the steps that are missing."),
    row(
        "makejson",
        "makejson [<fields>] output=<field>",
        "Puts fields into a JSON object, in the order of their names.",
    ),
    row(
        "makemv",
        "makemv [delim=<text>] [tokenizer=<regex>] [allowempty=f] [setsv=f] <field>",
        "Cuts a text into several values.",
    ),
    row("makeresults", "makeresults [count=<n>] [annotate=f]", "Makes rows out of nothing."),
    row(
        "map",
        "map (search=\"<search with $field$>\" | [ <search> ]) [maxsearches=10]",
        "Runs a search for each row.",
    ),
    row(
        "mcatalog",
        "mcatalog values(<field>) [BY <fields>]",
        "Lists metrics; logs hold events, so there are no rows.",
    ),
    row("mcollect", "mcollect index=<index>", "Writes the rows to a metrics index; here nothing is written."),
    row(
        "metadata",
        "metadata type=hosts|sources|sourcetypes",
        "Lists the hosts, sources or source types of the events, with their first and last time.",
    ),
    row("metasearch", "metasearch <search>", "Finds events as `search` does."),
    row(
        "meventcollect",
        "meventcollect index=<index>",
        "Writes the rows to a metrics index; here nothing is written.",
    ),
    row("mpreview", "mpreview index=<index>", "Shows metrics; logs hold events, so there are no rows."),
    row("msearch", "msearch index=<index>", "Another name of `mpreview`."),
    row(
        "mstats",
        "mstats <aggregations> [WHERE <conditions>] [BY <fields>]",
        "Aggregates metrics; logs hold events, so there are no rows.",
    ),
    row("multikv", "multikv", "Takes fields from events that are tables."),
    row(
        "multisearch",
        "multisearch [ <search> ] [ <search> ] ...",
        "Reads the events of several searches together.",
    ),
    row(
        "mvcombine",
        "mvcombine [delim=<text>] <field>",
        "Makes one row of those that differ in one field only.",
    ),
    row("mvexpand", "mvexpand <field> [limit=<n>]", "Makes one row a value."),
    row("nomv", "nomv <field>", "Makes one text of several values."),
    row("noop", "noop", "Does nothing."),
    row(
        "outlier",
        "outlier [action=tf|rm] [param=2.5] [uselower=f] [mark=f] [<fields>]",
        "Takes away numbers that are far from the others.",
    ),
    row("outputcsv", "outputcsv <file>", "Writes the rows to a CSV file; here nothing is written."),
    row("outputlookup", "outputlookup [append=f] <table>", "Writes the rows to a lookup."),
    row("pivot", "pivot <model> <dataset> <elements>", "Aggregates a data model's dataset."),
    row(
        "rangemap",
        "rangemap field=<field> <name>=<from>-<to> ... [default=<name>]",
        "Names the range a number lies in.",
    ),
    row(
        "rare",
        "rare [limit=10] <fields> [BY <fields>]",
        "Counts combinations of values, the least frequent first.",
    ),
    row("redistribute", "redistribute", "Spreads work over Splunk's servers; changes nothing here."),
    row("regex", "regex [<field>[!]=]<pattern>", "Keeps the rows in which a pattern is found, or not found."),
    row(
        "reltime",
        "reltime [timefield=_time] [prefix=<text>]",
        "Says how long ago a time is, in whole units of the greatest kind; a month has 30 days. With a prefix, or of several fields, the new field is named by it and the old one.",
    ),
    row("rename", "rename <field> AS <new> [, ...]", "Gives fields other names; stars carry over."),
    row(
        "replace",
        "replace <value> WITH <new> [, ...] [IN <fields>]",
        "Replaces whole values; stars carry over.",
    ),
    row("require", "require", "Fails if there are no rows."),
    row("return", "return [<n>] [<alias>=]<field> ...", "Makes a search of a subsearch's first rows."),
    row("reverse", "reverse", "Turns the rows round."),
    row(
        "rex",
        "rex [field=_raw] [max_match=1] [mode=sed] <pattern>",
        "Takes fields from a text by the named groups of a pattern, or edits it.",
    ),
    row("rtorder", "rtorder", "Orders real-time events; changes nothing here."),
    row("sample", "sample", "Keeps some rows by chance."),
    row(
        "savedsearch",
        "savedsearch <name> [nosubstitution=f] [<placeholder>=<text> ...]",
        "Runs a search of the `savedsearches.conf` of a Splunk app, over the time range saved with it.",
    ),
    row(
        "search",
        "search <conditions>",
        "Keeps the events that fulfil conditions; text is compared whatever its case, `*` is a wildcard.",
    ),
    row(
        "selfjoin",
        "selfjoin [overwrite=t] [max=1] [keepsingle=f] <fields>",
        "Makes one row of those with the same values.",
    ),
    row("sendalert", "sendalert <action>", "Starts an alert action; here nothing is sent."),
    row("sendemail", "sendemail to=<addresses>", "Sends the rows by mail; here nothing is sent."),
    row(
        "set",
        "set union|diff|intersect [ <search> ] [ <search> ]",
        "The rows of either of two searches, of one only, or of both.",
    ),
    row("setfields", "setfields <field>=<text>, ...", "Sets fields to texts."),
    row("sichart", "sichart ...", "Prepares a summary index; here the rows of `chart`."),
    row("sirare", "sirare ...", "Prepares a summary index; here the rows of `rare`."),
    row("sistats", "sistats ...", "Prepares a summary index; here the rows of `stats`."),
    row("sitimechart", "sitimechart ...", "Prepares a summary index; here the rows of `timechart`."),
    row("sitop", "sitop ...", "Prepares a summary index; here the rows of `top`."),
    row("snowincident", "snowincident", "Opens an incident elsewhere; here nothing is sent."),
    row("snowincidentstream", "snowincidentstream", "Opens an incident elsewhere; here nothing is sent."),
    row(
        "sort",
        "sort [<n>] [+|-]<field> ... [desc]",
        "Orders the rows and keeps the first 10,000 or as many as said; 0 keeps all.",
    ),
    row(
        "spath",
        "spath [input=_raw] [output=<field>] [path=<path>]",
        "Takes fields from JSON or XML text; elements of XML are counted from 1, their attributes are `{@name}`.",
    ),
    row("stats", "stats <aggregations> [BY <fields>]", "One row a group."),
    row(
        "strcat",
        "strcat [allrequired=f] <fields and texts> <new>",
        "Joins fields and texts to a new field.",
    ),
    row(
        "streamstats",
        "streamstats [current=t] [window=0] <aggregations> [BY <fields>]",
        "Adds aggregates of the rows so far.",
    ),
    row("table", "table <fields>", "Exactly these columns in this order."),
    row(
        "tags",
        "tags [outputfield=<field>] [inclname=f] [inclvalue=f] [allowed_tags=<tags>] [<fields>]",
        "Adds the tags that an app's `tags.conf` gives to values of fields, in `tag` and `tag::<field>`, or in one field.",
    ),
    row("tail", "tail [<n>]", "Keeps the last rows, ten unless told otherwise."),
    row(
        "timechart",
        "timechart [span=<span>] <aggregations> [BY <field>]",
        "Aggregates by steps of time, one column a value of the field.",
    ),
    row(
        "timewrap",
        "timewrap <span> [align=end] [series=relative] [time_format=<format>]",
        "Puts periods of a time chart beside each other, counted back from the end of the search; `m` is a month. With `series=exact` the start of a period is written; of several series each name begins with its own.",
    ),
    row(
        "tojson",
        "tojson [<fields> | <type>(<fields>)] [default_type=none] [fill_null=f] [include_internal=f] [output_field=_raw]",
        "Makes a JSON object of fields, in the order of their names. The types are auto, bool, json, none, num and str; `none` and `auto` keep what JSON would not read as a number, such as `007`, as text.",
    ),
    row(
        "top",
        "top [limit=10] <fields> [BY <fields>]",
        "Counts combinations of values, the most frequent first.",
    ),
    row(
        "transaction",
        "transaction <fields> [maxspan=<span>] [maxpause=<span>] [maxevents=1000] [startswith=<search>] [endswith=<search>] [connected=t] [keepevicted=f] [keeporphans=f] [mvlist=f] [nullstr=NULL]",
        "Joins events to groups in time. With `keeporphans` events that have none of the fields pass, marked by `_txn_orphan`.",
    ),
    row("transpose", "transpose [<n>] [column_name=<name>]", "Makes rows of columns."),
    row(
        "trendline",
        "trendline sma<n>(<field>) | wma<n>(<field>) | ema<n>(<field>) [AS <new>] ...",
        "Adds a moving average over the last rows, or an exponential one that the first value begins; where fewer rows stand before there is none.",
    ),
    row(
        "tscollect",
        "tscollect namespace=<name>",
        "Writes the rows to index files; here nothing is written.",
    ),
    row(
        "tstats",
        "tstats <aggregations> [FROM datamodel=<model>] [WHERE <search>] [BY <fields>]",
        "Aggregates events, also those of data models.",
    ),
    row("typeahead", "typeahead", "Lists terms of an index."),
    row(
        "typer",
        "typer [eventtypes=<names>]",
        "Adds the event types of an app's `eventtypes.conf` whose searches a row fits.",
    ),
    row("union", "union [ <search> ] ...", "Puts the rows of several searches together."),
    row("uniq", "uniq", "Drops a row that is the same as the one before it."),
    row("untable", "untable <x> <name> <value>", "Makes one row a column of each row."),
    row("where", "where <expression>", "Keeps the rows for which a condition is true."),
    row("x11", "x11 <field>", "Takes the season out of a series."),
    row("xmlkv", "xmlkv", "Makes fields of the elements of XML text."),
    row(
        "xpath",
        "xpath [outfield=xpath] <path> [field=_raw] [default=<text>]",
        "Takes attributes and texts of XML text by a path; an element that holds others is given as written. Text that begins with a declaration gives nothing.",
    ),
    row("xyseries", "xyseries <x> <name> <value>", "Makes columns of rows."),
];

/// Eval functions that the plan expresses itself, sorted.
pub const FUNCTION_USAGE: &[Usage] = &[
    row(
        "case",
        "case(<condition>, <value>, ...)",
        "The value of the first condition that is true; null if none is.",
    ),
    row("coalesce", "coalesce(<values>)", "The first value that is not null; an empty text counts."),
    row("false", "false()", "False."),
    row(
        "if",
        "if(<condition>, <value>, <other>)",
        "The value if the condition is true, else the other, also where the condition is null.",
    ),
    row("in", "in(<value>, <list>)", "Whether a value equals one of several."),
    row("isnotnull", "isnotnull(<value>)", "Whether there is a value."),
    row("isnull", "isnull(<value>)", "Whether there is no value."),
    row(
        "like",
        "like(<text>, <pattern>)",
        "Whether the whole text fits: `%` is any run of characters, `_` one; with case.",
    ),
    row(
        "lookup",
        "lookup(<table>, json_object(<field>, <value>, ...), json_array(<field>, ...))",
        "Fields of the first row of a table that matches, as JSON.",
    ),
    row("match", "match(<text>, <regex>)", "Whether a regular expression is found anywhere in the text."),
    row(
        "mvfilter",
        "mvfilter(<condition>)",
        "The values of the one field in the condition for which it holds.",
    ),
    row("mvmap", "mvmap(<mv>, <expression>)", "What the expression gives for each value; nulls add nothing."),
    row("null", "null()", "No value."),
    row("nullif", "nullif(<value>, <other>)", "Null if both are equal, else the value."),
    row("searchmatch", "searchmatch(<search>)", "Whether a search finds the event."),
    row(
        "sigfig",
        "sigfig(<num>)",
        "A product or quotient rounded to the fewest significant figures of its operands, a sum or difference to the fewest decimals.",
    ),
    row("true", "true()", "True."),
    row(
        "validate",
        "validate(<condition>, <value>, ...)",
        "The value of the first condition that is false; null if none is.",
    ),
];

/// Aggregations, sorted.
pub const AGGREGATION_USAGE: &[Usage] = &[
    row("avg", "avg(<field>)", "The mean of the numbers."),
    row("c", "c(<field>)", "Another name of `count`."),
    row(
        "count",
        "count | count(<field>) | count(eval(<condition>))",
        "How many rows, values, or rows for which a condition holds.",
    ),
    row("dc", "dc(<field>)", "How many different values."),
    row("distinct_count", "distinct_count(<field>)", "Another name of `dc`."),
    row("earliest", "earliest(<field>)", "The value of the oldest event that has one."),
    row("earliest_time", "earliest_time(<field>)", "The time of the oldest event that has the field."),
    row("estdc", "estdc(<field>)", "How many different values; counted exactly here."),
    row("estdc_error", "estdc_error(<field>)", "How far off `estdc` may be: 0 here."),
    row("exactperc", "exactperc<n>(<field>)", "The percentile by nearest rank."),
    row("first", "first(<field>)", "The first value in the order of the rows."),
    row("last", "last(<field>)", "The last value in the order of the rows."),
    row("latest", "latest(<field>)", "The value of the newest event that has one."),
    row("latest_time", "latest_time(<field>)", "The time of the newest event that has the field."),
    row("list", "list(<field>)", "The first 100 values in the order of the rows."),
    row("max", "max(<field>)", "The greatest, by number if all are numbers, else by text."),
    row("mean", "mean(<field>)", "Another name of `avg`."),
    row("median", "median(<field>)", "The middle value; of an even count the higher one."),
    row("min", "min(<field>)", "The smallest, by number if all are numbers, else by text."),
    row("mode", "mode(<field>)", "The most frequent value."),
    row("p", "p<n>(<field>)", "Another name of `perc`."),
    row("per_day", "per_day(<field>)", "The sum for each day; in `timechart` only."),
    row("per_hour", "per_hour(<field>)", "The sum for each hour; in `timechart` only."),
    row("per_minute", "per_minute(<field>)", "The sum for each minute; in `timechart` only."),
    row("per_second", "per_second(<field>)", "The sum for each second; in `timechart` only."),
    row("perc", "perc<n>(<field>)", "The percentile by nearest rank; exact here."),
    row("range", "range(<field>)", "The greatest number less the smallest."),
    row("rate", "rate(<field>)", "How fast a number grows a second, from the oldest event to the newest."),
    row(
        "sparkline",
        "sparkline(<aggregation>, <span>)",
        "A small chart, which rows cannot hold: the column is empty.",
    ),
    row("stdev", "stdev(<field>)", "The standard deviation of a sample."),
    row("stdevp", "stdevp(<field>)", "The standard deviation of a whole population."),
    row("sum", "sum(<field>)", "The sum of the numbers."),
    row("sumsq", "sumsq(<field>)", "The sum of the squares."),
    row("upperperc", "upperperc<n>(<field>)", "The percentile; exact here, so the same as `perc`."),
    row("values", "values(<field>)", "The different values in text order."),
    row("var", "var(<field>)", "The variance of a sample."),
    row("varp", "varp(<field>)", "The variance of a whole population."),
];

#[cfg(test)]
mod tests {
    use super::{AGGREGATION_USAGE, COMMAND_USAGE, FUNCTION_USAGE};
    use crate::registry;

    #[test]
    fn tables_are_sorted_and_name_known_words() {
        for table in [COMMAND_USAGE, FUNCTION_USAGE, AGGREGATION_USAGE] {
            let doubled = table.windows(2).find(|pair| pair[0].name >= pair[1].name);
            assert_eq!(doubled, None);
        }
        assert!(COMMAND_USAGE.iter().all(|row| registry::command(row.name).is_some()));
        assert!(FUNCTION_USAGE.iter().all(|row| registry::function(row.name).is_some()));
        assert!(AGGREGATION_USAGE.iter().all(|row| registry::aggregation(row.name).is_some()));
    }
}
