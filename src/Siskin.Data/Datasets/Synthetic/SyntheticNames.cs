namespace Siskin.Data.Datasets.Synthetic;

/// <summary>Words from which a synthetic world makes its titles and attribute values.</summary>
internal static class SyntheticNames
{
    public static readonly string[] Tags =
    [
        "action", "adventure", "animation", "biography", "comedy", "crime", "documentary", "drama",
        "family", "fantasy", "history", "horror", "music", "mystery", "nature", "politics",
        "romance", "satire", "science fiction", "sport", "thriller", "travel", "war", "western",
    ];

    /// <summary>Languages of items, commonest first; country k mostly speaks language k mod 6.</summary>
    public static readonly string[] Languages = ["en", "es", "de", "fr", "ja", "hi"];

    public static readonly string[] Countries =
        ["US", "MX", "DE", "FR", "JP", "IN", "GB", "ES", "AT", "BE", "BR", "CA"];

    public static readonly string[] AgeBands = ["under 18", "18-24", "25-34", "35-49", "50-64", "65 and over"];

    public static readonly string[] Devices = ["phone", "desktop", "tablet", "television"];

    private static readonly string[] Adjectives =
    [
        "Amber", "Ancient", "Autumn", "Bitter", "Blue", "Borrowed", "Brave", "Bright", "Broken", "Burning", "Celestial",
        "Clever", "Cold", "Crimson", "Crooked", "Curious", "Dancing", "Distant", "Electric", "Emerald", "Empty", "Endless",
        "Fearless", "Fading", "Final", "Forgotten", "Fragile", "Frozen", "Gentle", "Gilded", "Golden", "Hidden", "Hollow",
        "Hungry", "Invisible", "Iron", "Last", "Little", "Lonely", "Long", "Lost", "Lucky", "Midnight", "Modern", "Narrow",
        "Nameless", "Northern", "Open", "Paper", "Patient", "Perfect", "Quiet", "Red", "Restless", "Rising", "Sacred",
        "Scarlet", "Second", "Secret", "Shattered", "Silent", "Silver", "Sleeping", "Small", "Southern", "Stolen", "Strange",
        "Sudden", "Tender", "Thousand", "Twilight", "Unfinished", "Velvet", "Wandering", "White", "Wild", "Winter", "Wooden",
    ];

    private static readonly string[] Nouns =
    [
        "Archive", "Arrow", "Atlas", "Autumn", "Beacon", "Bell", "Bird", "Border", "Bridge", "Candle", "Captain", "Castle",
        "Chorus", "Circle", "City", "Clock", "Cloud", "Coast", "Compass", "Crown", "Dawn", "Desert", "Detective", "Door",
        "Dream", "Echo", "Empire", "Engine", "Express", "Falcon", "Feast", "Fire", "Flood", "Forest", "Frontier", "Garden",
        "Ghost", "Harbour", "Harvest", "Heart", "Heir", "Horizon", "Hour", "House", "Hunter", "Island", "Journey", "Kingdom",
        "Kitchen", "Lake", "Lantern", "Letter", "Library", "Lighthouse", "Lion", "Machine", "Map", "Market", "Mask",
        "Memory", "Mirror", "Moon", "Mountain", "Night", "Oath", "Ocean", "Orchard", "Orchestra", "Palace", "Pilot",
        "Planet", "Promise", "Puzzle", "Queen", "Railway", "River", "Road", "Room", "Rose", "Sea", "Season", "Shadow",
        "Signal", "Sky", "Snow", "Song", "Station", "Storm", "Story", "Stranger", "Summer", "Sun", "Theatre", "Tide",
        "Tower", "Train", "Treasure", "Valley", "Village", "Voyage", "Wall", "Wave", "Whale", "Wind", "Window", "Witness",
    ];

    /// <summary>A title; about 30,000 different ones.</summary>
    public static string Title(ref SyntheticRandom random)
    {
        var first = Nouns[random.Next(Nouns.Length)];
        var second = Nouns[random.Next(Nouns.Length)];
        var adjective = Adjectives[random.Next(Adjectives.Length)];
        return random.Next(6) switch
        {
            0 or 1 => $"The {adjective} {first}",
            2 => $"{adjective} {first}",
            3 => $"The {first} and the {second}",
            4 => $"{first} of the {second}",
            _ => $"The {adjective} {first} of the {second}",
        };
    }
}
