using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;
using Siskin.Vectors;

namespace Siskin.Inference.Pmml;

/// <summary>Reads elements and attributes; errors name the line.</summary>
internal static class PmmlXml
{
    private const long MostCharacters = 2L << 30;

    // Trees split one case at a time come to some hundreds; what builds the elements takes time by the square of it.
    private const int MostNested = 4000;

    /// <summary>Reads a document; neither document types nor entities nor anything outside of the file is read.</summary>
    /// <param name="stream">Read twice; can seek.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="ModelFormatException">It is no XML, or not PMML, or its elements are nested too deep.</exception>
    public static XElement Load(Stream stream, string path)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters, IgnoreComments = true, IgnoreProcessingInstructions = true };
        try
        {
            CheckDepth(stream, path, settings);
            using var reader = XmlReader.Create(stream, settings);
            var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            root.AddAnnotation(new DocumentPath(path));
            if (root.Name.LocalName != "PMML")
            {
                throw root.Fail($"the document is <{root.Name.LocalName}>, not <PMML>");
            }

            var version = root.Required("version");
            if (version is not ("3.0" or "3.1" or "3.2" or "4.0" or "4.1" or "4.2" or "4.2.1" or "4.3" or "4.4" or "4.4.1"))
            {
                throw root.Fail($"PMML {version} is not known; 3.0 to 4.4 are");
            }

            return root;
        }
        catch (XmlException failure)
        {
            throw new ModelFormatException(path, -1, $"it is no XML that can be read: {failure.Message}");
        }
    }

    private static void CheckDepth(Stream stream, string path, XmlReaderSettings settings)
    {
        var start = stream.Position;
        using var reader = XmlReader.Create(stream, settings);
        while (reader.Read())
        {
            if (reader.Depth > MostNested)
            {
                throw new ModelFormatException(path, -1, $"line {((IXmlLineInfo)reader).LineNumber}, <{reader.LocalName}>: its elements are nested too deep, more than {MostNested} in each other");
            }
        }

        stream.Position = start;
    }

    /// <summary>An error about an element.</summary>
    public static ModelFormatException Fail(this XElement element, string message)
    {
        var line = ((IXmlLineInfo)element).LineNumber;
        return new ModelFormatException(element.Document?.Root?.Annotation<DocumentPath>()?.Path ?? "PMML", -1, $"line {line}, <{element.Name.LocalName}>: {message}");
    }

    public static IEnumerable<XElement> Children(this XElement element, string name) => element.Elements().Where(child => child.Name.LocalName == name);

    public static XElement? Child(this XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    public static XElement RequiredChild(this XElement element, string name) => element.Child(name) ?? throw element.Fail($"it has no <{name}>");

    /// <summary>Children but extensions.</summary>
    public static IEnumerable<XElement> Parts(this XElement element) => element.Elements().Where(child => child.Name.LocalName != "Extension");

    public static string? Text(this XElement element, string attribute) => (string?)element.Attribute(attribute);

    public static string Required(this XElement element, string attribute) => element.Text(attribute) ?? throw element.Fail($"it has no '{attribute}'");

    public static double? Number(this XElement element, string attribute)
    {
        if (element.Text(attribute) is not { } text)
        {
            return null;
        }

        return PmmlTypes.Number(text, out var number) ? number : throw element.Fail($"'{attribute}' is '{text}', not a number");
    }

    public static double RequiredNumber(this XElement element, string attribute) => element.Number(attribute) ?? throw element.Fail($"it has no '{attribute}'");

    public static int? Integer(this XElement element, string attribute)
    {
        if (element.Text(attribute) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : throw element.Fail($"'{attribute}' is '{text}', not a whole number");
    }

    public static bool Truth(this XElement element, string attribute, bool otherwise) => element.Text(attribute) switch
    {
        null => otherwise,
        "true" or "1" => true,
        "false" or "0" => false,
        var text => throw element.Fail($"'{attribute}' is '{text}', not true or false"),
    };

    /// <summary>The name of a column of an inline table, without the prefix of a namespace.</summary>
    public static string Column(string name) => name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>The choice that an attribute makes.</summary>
    /// <exception cref="ModelFormatException">It is none of them.</exception>
    public static string Choice(this XElement element, string attribute, string? otherwise, params ReadOnlySpan<string> choices)
    {
        var text = element.Text(attribute) ?? otherwise ?? throw element.Fail($"it has no '{attribute}'");
        return choices.Contains(text) ? text : throw element.Fail($"'{attribute}' is '{text}'; known are {string.Join(", ", choices!)}");
    }

    /// <summary>Numbers of an array of reals or integers, dense or sparse.</summary>
    public static double[] Numbers(this XElement array)
    {
        if (array.Name.LocalName.EndsWith("SparseArray", StringComparison.Ordinal))
        {
            var indices = Split(array.Child("Indices")?.Value ?? string.Empty);
            var entries = Split((array.Child("REAL-Entries") ?? array.Child("INT-Entries") ?? array.Child("Entries"))?.Value ?? string.Empty);
            var n = array.Integer("n") ?? throw array.Fail("a sparse array without 'n'");
            if (indices.Count != entries.Count)
            {
                throw array.Fail($"{indices.Count} indices for {entries.Count} entries");
            }

            var numbers = new double[n];
            Array.Fill(numbers, array.Number("defaultValue") ?? 0);
            for (var i = 0; i < indices.Count; i++)
            {
                if (!int.TryParse(indices[i], NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at < 1 || at > n || !PmmlTypes.Number(entries[i], out numbers[at - 1]))
                {
                    throw array.Fail($"'{indices[i]}' and '{entries[i]}' are no index from 1 to {n} and number");
                }
            }

            return numbers;
        }

        return [.. array.Texts().Select(text => PmmlTypes.Number(text, out var number) ? number : throw array.Fail($"'{text}' is not a number"))];
    }

    /// <summary>Texts of an array.</summary>
    public static IReadOnlyList<string> Texts(this XElement array)
    {
        var texts = Split(array.Value);
        if (array.Integer("n") is { } n && n != texts.Count)
        {
            throw array.Fail($"there are {texts.Count} values, not {n}");
        }

        return texts;
    }

    // Texts with spaces stand in quotes, a quote within them behind a backslash.
    private static List<string> Split(string text)
    {
        var (parts, part, isQuoted, isOpen) = (new List<string>(), new System.Text.StringBuilder(), false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length && text[i + 1] == '"')
            {
                part.Append('"');
                isOpen = true;
                i++;
            }
            else if (c == '"')
            {
                isQuoted = !isQuoted;
                isOpen = true;
            }
            else if (char.IsWhiteSpace(c) && !isQuoted)
            {
                Close();
            }
            else
            {
                part.Append(c);
                isOpen = true;
            }
        }

        Close();
        return parts;

        void Close()
        {
            if (isOpen)
            {
                parts.Add(part.ToString());
            }

            part.Clear();
            isOpen = false;
        }
    }

    private sealed record DocumentPath(string Path);
}
