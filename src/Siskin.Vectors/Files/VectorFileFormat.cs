namespace Siskin.Vectors.Files;

/// <summary>How a file holds vectors.</summary>
public enum VectorFileFormat
{
    /// <summary>Each row: d as a little-endian 32-bit integer, then d floats.</summary>
    Fvecs,

    /// <summary>Each row: d as a little-endian 32-bit integer, then d unsigned bytes.</summary>
    Bvecs,

    /// <summary>Each row: d as a little-endian 32-bit integer, then d 32-bit integers; true neighbours come in this form (<see cref="NeighbourFile"/>).</summary>
    Ivecs,

    /// <summary>NumPy's array file, versions 1 to 3: a matrix n × d in C order of f2, f4, f8, i1, u1, i2, u2, i4, u4 or i8, little-endian.</summary>
    Npy,

    /// <summary>A row of text per vector, split by commas, semicolons or tabs, with or without a header and a column of ids.</summary>
    Csv,

    /// <summary>A word and its numbers on each line, split by spaces: word2vec's text form with its line "n d" at the top, or GloVe's without.</summary>
    WordVectors,
}
