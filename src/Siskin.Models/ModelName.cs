namespace Siskin.Models;

/// <summary>Whether two names mean the same model: case and punctuation do not count, and some models are known by two names.</summary>
public static class ModelName
{
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.Ordinal)
    {
        ["bprmf"] = "bpr",
        ["mfbpr"] = "bpr",
        ["gfcf"] = "spectralfilter",
        ["itemknn"] = "itemcf",
        ["implicitals"] = "ials",
        ["lr"] = "lrftrl",
        ["ftrl"] = "lrftrl",
        ["wideanddeep"] = "widedeep",
        ["mostpopular"] = "popularity",
    };

    /// <summary>Compares names: DCN-v2, dcnv2 and dcn-v2 are one.</summary>
    public static bool AreSame(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Plain(first) == Plain(second);
    }

    private static string Plain(string name)
    {
        var plain = string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return Synonyms.GetValueOrDefault(plain, plain);
    }
}
