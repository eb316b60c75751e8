namespace Siskin.Inference.Pmml.Fields;

/// <summary>What values of a field are. Dates are kept as days, times and points of time as seconds.</summary>
internal enum PmmlDataType
{
    String,
    Integer,
    Float,
    Double,
    Boolean,

    /// <summary>Days since the start of 1970.</summary>
    Date,

    /// <summary>Seconds since midnight.</summary>
    Time,

    /// <summary>Seconds since the start of 1970.</summary>
    DateTime,
}
