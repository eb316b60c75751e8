using Microsoft.Win32.SafeHandles;

namespace Siskin.Vectors.Files;

/// <summary>Reads runs of bytes at known places.</summary>
internal static class BinaryBlocks
{
    /// <summary>Fills a buffer.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="path">Its name, for errors.</param>
    /// <param name="bytes">Output.</param>
    /// <param name="offset">Where in the file to begin.</param>
    /// <param name="expected">What is read, in words.</param>
    /// <exception cref="ModelFormatException">The file ends before the buffer is full.</exception>
    public static void ReadExactly(SafeFileHandle file, string path, Span<byte> bytes, long offset, string expected)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes[done..], offset + done);
            done += read > 0 ? read : throw new ModelFormatException(path, offset, $"{bytes.Length} bytes of {expected} were expected, the file ends after {done}");
        }
    }
}
