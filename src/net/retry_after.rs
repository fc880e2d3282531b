//! `Retry-After`: a number of seconds, or a date as HTTP writes it.

/// The seconds to wait from `now`, in seconds since 1970; none when the value is neither form. The two older
/// forms of a date are not read: no server has written them for decades.
pub fn seconds(value: &str, now: u64) -> Option<u64> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().unwrap_or(u64::MAX));
    }
    Some(date(value)?.saturating_sub(now))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Sun, 06 Nov 1994 08:49:37 GMT` in seconds since 1970.
fn date(text: &str) -> Option<u64> {
    let (_, text) = text.split_once(", ")?;
    let words: Vec<&str> = text.split(' ').collect();
    let [day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let (day, year) = (number(day, 31)?, number(year, 9999)?);
    let clock: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = clock[..] else { return None };
    let seconds = number(hour, 23)? * 3600 + number(minute, 59)? * 60 + number(second, 60)?;
    Some(days(year, month, day)? * 86_400 + seconds)
}

fn number(text: &str, most: u64) -> Option<u64> {
    text.parse().ok().filter(|number| *number <= most && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Days from 1970 to that day; `month` counts from 0.
fn days(year: u64, month: usize, day: u64) -> Option<u64> {
    const BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let is_leap = leap_days(year) != leap_days(year.checked_sub(1)?);
    let whole_years = year.checked_sub(1970)? * 365 + leap_days(year - 1) - leap_days(1969);
    let this_year = BEFORE.get(month)? + u64::from(is_leap && month > 1) + day.checked_sub(1)?;
    Some(whole_years + this_year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        let cases = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Sat, 21 Nov 2026 00:00:00 GMT", 1_795_219_200),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ];
        for (text, expected) in cases {
            assert_eq!(date(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn both_forms_are_seconds_from_now() {
        assert_eq!(seconds("120", 0), Some(120));
        assert_eq!(seconds(" 0 ", 9), Some(0));
        assert_eq!(seconds("99999999999999999999999", 0), Some(u64::MAX));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_770), Some(7));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_780), Some(0));
    }

    #[test]
    fn anything_else_is_as_if_it_were_not_there() {
        let odd = [
            "",
            "-1",
            "+5",
            "1.5",
            "soon",
            "Sun, 06 Nov 1994",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 0 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
            ", ",
            "é, 06 é",
        ];
        for text in odd {
            assert_eq!(seconds(text, 0), None, "{text}");
        }
    }
}
