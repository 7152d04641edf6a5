#!/usr/bin/env python3
"""An object store on loopback for the tests: moto, with signatures and policies checked.

Needs moto (`pip install 'moto[server,s3]'`). Makes a bucket of objects with odd keys and a user who may read it; prints
one line of JSON that says how to reach it and what is in it, and serves until standard input ends.
"""
import hashlib
import json
import sys

import boto3
from botocore.config import Config
from moto import settings
from moto.server import ThreadedMotoServer

BUCKET = "entente-pictures"
KEYS = [
    "plain.jpg", "a folder/two words.jpg", "plus+and=equals.jpg", "100%.jpg", "%20literal%2F.jpg", "größe/猫😀.jpg",
    "double//slash.jpg", "dots/../up/./here.jpg", "what?#&;@:$,!'()*.jpg", "~tilde[1]{2}|^`\\\".jpg",
    "e\u0301 decomposed.jpg", "/leading.jpg",
]


def main():
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    nobody = {
        "endpoint_url": endpoint, "region_name": "eu-central-1", "aws_access_key_id": "setup",
        "aws_secret_access_key": "setup", "config": Config(s3={"addressing_style": "path"}),
    }
    iam = boto3.client("iam", **nobody)
    iam.create_user(UserName="reader")
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}],
    }
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="reader")["AccessKey"]

    s3 = boto3.client("s3", **nobody)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    objects = {name: f"the picture at {name}" for name in KEYS}
    for name, text in objects.items():
        s3.put_object(Bucket=BUCKET, Key=name, Body=text.encode())

    # From here on, whoever is nobody is refused.
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    print(json.dumps({
        "endpoint": endpoint, "bucket": BUCKET, "region": "eu-central-1", "access_key_id": key["AccessKeyId"],
        "secret_access_key": key["SecretAccessKey"],
        "objects": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in objects.items()},
    }), flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
