package io.gantry.driver.s3;

/** The requests that are made, and the permission that each needs. */
enum S3Action {
  ABORT_UPLOAD("AbortMultipartUpload", "s3:AbortMultipartUpload"),
  GET_OBJECT("GetObject", "s3:GetObject"),
  LIST_OBJECTS("ListObjectsV2", "s3:ListBucket"),
  LIST_UPLOADS("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
  PUT_OBJECT("PutObject", "s3:PutObject");

  private final String request;
  private final String permission;

  S3Action(String request, String permission) {
    this.request = request;
    this.permission = permission;
  }

  String permission() {
    return permission;
  }

  @Override
  public String toString() {
    return request;
  }
}
