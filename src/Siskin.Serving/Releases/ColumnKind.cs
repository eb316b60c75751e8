namespace Siskin.Serving.Releases;

/// <summary>Element type of a column; the values are part of the file format.</summary>
internal enum ColumnKind : byte
{
    Byte = 1,
    Int32 = 2,
    Int64 = 3,
    Single = 4,
    Double = 5,
    Text = 6,
}
