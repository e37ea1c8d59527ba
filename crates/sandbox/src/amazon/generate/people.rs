//! Invented buyers and places. They are served only to an application with the restricted roles.

/// Where an order goes. `rate` is the sales tax there in thousandths of a percent, where the
/// place decides it.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    pub line: &'static str,
    pub city: &'static str,
    pub region: &'static str,
    pub postcode: &'static str,
    pub country: &'static str,
    pub rate: i64,
}

pub const NAMES: [&str; 12] = [
    "Alex Reed",
    "Priya Shah",
    "Tom O'Neill",
    "Jörg Müller",
    "Anaïs Dubois",
    "Sam Carter",
    "Maria Rossi",
    "Kenji Sato",
    "Olivia Brown",
    "Liam Wilson",
    "Emma Larsson",
    "Noah Tremblay",
];

pub const COMPANIES: [&str; 4] =
    ["Harbour Cafés Ltd", "Lindner Bürobedarf GmbH", "Blue Ridge Supplies LLC", "Quay & Sons"];

const fn place(
    line: &'static str,
    city: &'static str,
    region: &'static str,
    postcode: &'static str,
    country: &'static str,
) -> Place {
    Place { line, city, region, postcode, country, rate: 0 }
}

const fn taxed(
    line: &'static str,
    city: &'static str,
    region: (&'static str, i64),
    postcode: &'static str,
    country: &'static str,
) -> Place {
    Place { line, city, region: region.0, postcode, country, rate: region.1 }
}

pub static UK: [Place; 3] = [
    place("12 Mill Lane", "Leeds", "England", "LS1 4AP", "GB"),
    place("3 Castle Street", "Edinburgh", "Scotland", "EH2 3AH", "GB"),
    place("48 Harbour Road", "Cardiff", "Wales", "CF10 4PA", "GB"),
];
pub static DE: [Place; 2] = [
    place("Lindenstraße 5", "Berlin", "Berlin", "10969", "DE"),
    place("Hafenweg 21", "Hamburg", "Hamburg", "20457", "DE"),
];
pub static US: [Place; 5] = [
    taxed("77 Pine Street", "New York", ("NY", 8_875), "10005", "US"),
    taxed("400 Pike Street", "Seattle", ("WA", 10_250), "98101", "US"),
    taxed("9 Ocean Avenue", "San Diego", ("CA", 7_250), "92109", "US"),
    taxed("1500 Main Street", "Houston", ("TX", 8_250), "77002", "US"),
    taxed("20 Oak Street", "Portland", ("OR", 0), "97201", "US"),
];
pub static CA: [Place; 4] = [
    taxed("15 King Street W", "Toronto", ("ON", 13_000), "M5H 1A1", "CA"),
    taxed("800 Robson Street", "Vancouver", ("BC", 12_000), "V6Z 3B7", "CA"),
    taxed("240 4 Avenue SW", "Calgary", ("AB", 5_000), "T2P 4H4", "CA"),
    taxed("1000 Rue Sherbrooke O", "Montréal", ("QC", 14_975), "H3A 3G4", "CA"),
];
pub static AU: [Place; 2] = [
    place("5 George Street", "Sydney", "NSW", "2000", "AU"),
    place("31 Collins Street", "Melbourne", "VIC", "3000", "AU"),
];
pub static JP: [Place; 2] = [
    place("2-3-4 Jingumae", "Shibuya", "Tokyo", "150-0001", "JP"),
    place("1-8 Umeda", "Kita", "Osaka", "530-0001", "JP"),
];
pub static SE: [Place; 1] = [place("Storgatan 8", "Uppsala", "Uppsala län", "753 31", "SE")];
pub static IN: [Place; 2] = [
    place("14 MG Road", "Bengaluru", "Karnataka", "560001", "IN"),
    place("7 Linking Road", "Mumbai", "Maharashtra", "400050", "IN"),
];
