using System.IO.Hashing;
using System.Runtime.InteropServices;
using Siskin.Data.Catalogue;

namespace Siskin.Serving.Releases;

/// <summary>Writes items as columns and reads them back.</summary>
/// <remarks>Absent numbers are NaN, absent times the smallest long, absent texts have a 0 in the column's presence bytes.</remarks>
internal static class ItemColumns
{
    public static void Write(ColumnFileWriter file, IReadOnlyList<Item> items, CatalogueSchema schema)
    {
        file.Add("id", [.. items.Select(i => i.Id)]);
        WriteText(file, "title", [.. items.Select(i => i.Title)]);
        file.Add("price", [.. items.Select(i => i.Price ?? double.NaN)]);
        file.Add("latitude", [.. items.Select(i => i.Place?.Latitude ?? double.NaN)]);
        file.Add("longitude", [.. items.Select(i => i.Place?.Longitude ?? double.NaN)]);
        file.Add("created", [.. items.Select(i => i.CreatedAt?.ToUnixTimeMilliseconds() ?? long.MinValue)]);
        file.Add("available", [.. items.Select(i => (byte)(i.IsAvailable ? 1 : 0))]);
        WriteTags(file, items);
        foreach (var attribute in schema.ItemAttributes)
        {
            var name = "attribute." + attribute.Name;
            if (attribute.Type == AttributeType.Numeric)
            {
                file.Add(name, [.. items.Select(i => i.Attributes.TryGetValue(attribute.Name, out var v) && v.IsNumber ? v.Number : double.NaN)]);
            }
            else
            {
                WriteText(file, name, [.. items.Select(i => i.Attributes.TryGetValue(attribute.Name, out var v) ? v.Text : null)]);
            }
        }

        if (schema.VectorDimension is { } dimension)
        {
            WriteVectors(file, items, dimension);
        }
    }

    public static ColumnItems Read(ColumnFileReader file, CatalogueSchema schema)
    {
        var ids = file.Texts("id");
        var dimension = schema.VectorDimension ?? 0;
        var items = new ColumnItems
        {
            Ids = ids,
            Titles = file.Texts("title"),
            HasTitle = file.Bytes("title.present"),
            Prices = file.Double("price"),
            Latitudes = file.Double("latitude"),
            Longitudes = file.Double("longitude"),
            CreatedMs = file.Int64("created"),
            IsAvailable = file.Bytes("available"),
            Tags = ReadTags(file),
            Attributes = ReadAttributes(file, schema, ids.Count),
            Dimension = dimension,
            Vectors = dimension == 0 ? [] : file.Single("vector"),
            HasVector = dimension == 0 ? [] : file.Bytes("vector.present"),
        };
        Check(
            file,
            ids.Count,
            ("title", items.Titles.Count),
            ("title.present", items.HasTitle.Length),
            ("price", items.Prices.Length),
            ("latitude", items.Latitudes.Length),
            ("longitude", items.Longitudes.Length),
            ("created", items.CreatedMs.Length),
            ("available", items.IsAvailable.Length),
            ("tag.starts", items.Tags.Length));
        if (dimension > 0)
        {
            Check(file, ids.Count, ("vector.present", items.HasVector.Length));
            Check(file, checked(ids.Count * dimension), ("vector", items.Vectors.Length));
        }

        return items;
    }

    /// <summary>Throws when a column has not as many elements as there are rows.</summary>
    public static void Check(ColumnFileReader file, int rows, params ReadOnlySpan<(string Name, int Length)> columns)
    {
        foreach (var (name, length) in columns)
        {
            if (length != rows)
            {
                throw file.Invalid(name, $"has {length} elements, expected {rows}");
            }
        }
    }

    private static void WriteText(ColumnFileWriter file, string name, IReadOnlyList<string?> values)
    {
        file.Add(name, [.. values.Select(v => v ?? string.Empty)]);
        file.Add(name + ".present", [.. values.Select(v => (byte)(v is null ? 0 : 1))]);
    }

    private static string?[] ReadText(ColumnFileReader file, string name)
    {
        string?[] values = file.Text(name);
        var present = file.Bytes(name + ".present");
        Check(file, values.Length, (name + ".present", present.Length));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = present[i] == 1 ? values[i] : null;
        }

        return values;
    }

    private static void WriteTags(ColumnFileWriter file, IReadOnlyList<Item> items)
    {
        var names = items.SelectMany(i => i.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var numbers = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var starts = new int[items.Count + 1];
        var tags = new List<int>();
        for (var i = 0; i < items.Count; i++)
        {
            tags.AddRange(items[i].Tags.Select(t => numbers[t]));
            starts[i + 1] = tags.Count;
        }

        file.Add("tag.names", names);
        file.Add("tag.starts", starts);
        file.Add("tag.numbers", tags.ToArray().AsSpan());
    }

    private static string[][] ReadTags(ColumnFileReader file)
    {
        var names = file.Text("tag.names");
        var starts = file.Int32("tag.starts");
        var numbers = file.Int32("tag.numbers");
        CheckStarts(file, "tag.starts", starts, numbers.Length);
        var tags = new string[starts.Length - 1][];

        // Many items have the same tags: they share one list.
        var known = new Dictionary<ulong, int>();
        for (var i = 0; i < tags.Length; i++)
        {
            ColumnFileReader.RestAt(i);
            var own = numbers.AsSpan(starts[i]..starts[i + 1]);
            var hash = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(own));
            if (known.TryGetValue(hash, out var same) && numbers.AsSpan(starts[same]..starts[same + 1]).SequenceEqual(own))
            {
                tags[i] = tags[same];
                continue;
            }

            known[hash] = i;
            tags[i] = own.IsEmpty ? [] : new string[own.Length];
            for (var t = 0; t < tags[i].Length; t++)
            {
                var number = numbers[starts[i] + t];
                tags[i][t] = (uint)number < (uint)names.Length ? names[number] : throw file.Invalid("tag.numbers", $"{number} is not one of {names.Length} tags");
            }
        }

        return tags;
    }

    /// <summary>Throws unless offsets begin at 0, never fall, and end at the length of what they cut.</summary>
    public static void CheckStarts(ColumnFileReader file, string name, int[] starts, int length)
    {
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != length)
        {
            throw file.Invalid(name, $"must begin at 0 and end at {length}");
        }

        for (var i = 1; i < starts.Length; i++)
        {
            if (starts[i] < starts[i - 1])
            {
                throw file.Invalid(name, $"falls from {starts[i - 1]} to {starts[i]} at element {i}");
            }
        }
    }

    private static ColumnAttributes.Columns ReadAttributes(ColumnFileReader file, CatalogueSchema schema, int count)
    {
        var columns = new ColumnAttributes.Columns(
            [.. schema.ItemAttributes.Select(a => a.Name)],
            new double[]?[schema.ItemAttributes.Count],
            new string?[]?[schema.ItemAttributes.Count]);
        for (var c = 0; c < columns.Names.Length; c++)
        {
            var column = "attribute." + columns.Names[c];
            if (schema.ItemAttributes[c].Type == AttributeType.Numeric)
            {
                columns.Numbers[c] = file.Double(column);
                Check(file, count, (column, columns.Numbers[c]!.Length));
            }
            else
            {
                columns.Texts[c] = ReadText(file, column);
                Check(file, count, (column, columns.Texts[c]!.Length));
            }
        }

        return columns;
    }

    private static void WriteVectors(ColumnFileWriter file, IReadOnlyList<Item> items, int dimension)
    {
        var vectors = new float[checked(items.Count * dimension)];
        var present = new byte[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Vector is { } vector && vector.Length == dimension)
            {
                vector.Span.CopyTo(vectors.AsSpan(i * dimension));
                present[i] = 1;
            }
        }

        file.Add("vector", vectors);
        file.Add("vector.present", present);
    }
}
